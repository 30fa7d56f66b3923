"""The built-in PostgreSQL: alone on its socket, and never without what was committed."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from muniment.operations import accounts
from muniment.operations.bootstrap import bootstrap
from muniment.operations.database import EmbeddedDatabase
from muniment.operations.errors import DatabaseRefused
from tests.operations.conftest import is_alive, wait_until


@pytest.fixture(scope="module")
def _shared() -> Iterator[EmbeddedDatabase]:
    """Give a server with its roles and its database, as safe as the product's."""
    root = Path(tempfile.mkdtemp(prefix="mun-", dir="/tmp"))
    root.chmod(0o755)
    found = EmbeddedDatabase(root / "data")
    found.start()
    bootstrap(found.connection("super"))
    yield found
    found.stop()
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture
def server(_shared: EmbeddedDatabase) -> EmbeddedDatabase:
    """Give the server of this file, running and with nothing in its database."""
    if not _shared.is_running():
        _shared.start()
    with psycopg.connect(_shared.dsn("super")) as connection:
        for (table,) in connection.execute("select tablename from pg_tables where schemaname = 'app'").fetchall():
            connection.execute(f"drop table app.{table}")
    return _shared


def values(server: EmbeddedDatabase) -> list[int]:
    with psycopg.connect(server.dsn("super")) as connection:
        return [row[0] for row in connection.execute("select value from app.kept order by value")]


def keep(server: EmbeddedDatabase, value: int) -> None:
    with psycopg.connect(server.dsn("super")) as connection:
        connection.execute("create table if not exists app.kept (value int)")
        connection.execute("insert into app.kept values (%s)", [value])


def test_what_was_committed_survives_kill_9_of_the_server(server: EmbeddedDatabase) -> None:
    keep(server, 1)
    assert server.process_id is not None

    os.kill(server.process_id, signal.SIGKILL)
    assert wait_until(lambda: not server.is_running())
    server.start()

    keep(server, 2)
    assert values(server) == [1, 2]


def test_a_clean_stop_and_a_start_keep_everything(server: EmbeddedDatabase) -> None:
    keep(server, 1)

    server.stop()
    server.stop()
    server.start()

    assert values(server) == [1]


SUPERVISOR = """
import sys, time
from pathlib import Path
from muniment.operations.database import EmbeddedDatabase
database = EmbeddedDatabase(Path(sys.argv[1]))
database.start()
print(database.process_id, flush=True)
time.sleep(600)
"""


def test_the_server_follows_a_killed_supervisor_and_the_next_one_finds_everything(folder: Path) -> None:
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, folder / "data"], stdout=subprocess.PIPE, text=True
    )
    with supervisor:
        assert supervisor.stdout is not None
        process_id = int(supervisor.stdout.readline())
        successor = EmbeddedDatabase(folder / "data")
        dsn = successor.dsn("super", "postgres")
        with psycopg.connect(dsn) as connection:
            connection.execute("create table kept as select 1 as value")
        supervisor.kill()
        supervisor.wait()

        successor.start()  # at once, while the old server is still leaving
        try:
            assert wait_until(lambda: not is_alive(process_id))
            with psycopg.connect(dsn) as connection:
                assert connection.execute("select value from kept").fetchone() == (1,)
        finally:
            successor.stop()


def test_a_second_start_on_the_same_directory_is_refused(server: EmbeddedDatabase) -> None:
    with pytest.raises(DatabaseRefused, match="another process"):
        EmbeddedDatabase(server.root).start()

    assert server.is_ready()


def test_a_path_too_long_for_a_socket_is_refused_before_anything_is_made(folder: Path) -> None:
    root = folder / ("x" * 90)

    with pytest.raises(DatabaseRefused, match="too long"):
        EmbeddedDatabase(root).start()

    assert not root.exists()


def test_files_of_another_version_are_refused(server: EmbeddedDatabase) -> None:
    server.stop()
    (server.cluster / "PG_VERSION").write_text("17\n")

    with pytest.raises(DatabaseRefused, match="PostgreSQL 17"):
        server.start()

    (server.cluster / "PG_VERSION").write_text("18\n")
    server.stop()


def test_an_interrupted_first_start_begins_anew(folder: Path) -> None:
    database = EmbeddedDatabase(folder / "data")
    unfinished = folder / "data" / "database.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "half").touch()

    database.start()

    assert database.is_ready()
    assert not unfinished.exists()
    database.stop()


@pytest.mark.control("db-hardening", "minimise-holes")
def test_the_server_listens_on_its_socket_and_nowhere_else(server: EmbeddedDatabase) -> None:
    with psycopg.connect(server.dsn("super")) as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("",)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", 5432)) != 0 or not _is_ours(server)
    for path in (server.root, server.run, server.cluster):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


def _is_ours(server: EmbeddedDatabase) -> bool:
    """Tell whether our server's process holds a TCP socket."""
    listening = Path(f"/proc/{server.process_id}/net/tcp").read_text(encoding="ascii")
    inodes = {line.split()[9] for line in listening.splitlines()[1:] if line.split()[3] == "0A"}
    held = {str(entry.readlink()) for entry in Path(f"/proc/{server.process_id}/fd").iterdir()}
    return any(f"socket:[{inode}]" in held for inode in inodes)


@pytest.mark.control("db-hardening", "least-privilege")
@pytest.mark.skipif(not accounts.is_root(), reason="only root can become another user to try")
@pytest.mark.parametrize(("user", "role"), [("nobody", "app"), ("nobody", "super"), ("muniment", "super")])
def test_another_account_of_the_machine_is_not_let_in(server: EmbeddedDatabase, user: str, role: str) -> None:
    psql = next((server.root / "pg").glob("*/*/*/bin/psql"))
    for path in (server.root, server.run):
        path.chmod(0o755)  # even where the directory did not stop them
    (server.run / ".s.PGSQL.5432").chmod(0o777)

    done = subprocess.run(
        ["/usr/sbin/runuser", "-u", user, "--", psql, "-h", server.run, "-U", f"muniment_{role}", "-c", "select 1"],
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
    )

    assert done.returncode != 0
    assert "Peer authentication failed" in done.stderr


@pytest.mark.skipif(not accounts.is_root(), reason="an ordinary user's database runs as that user")
def test_started_as_root_the_server_is_not_root(server: EmbeddedDatabase) -> None:
    assert server.account is not None

    assert Path(f"/proc/{server.process_id}").stat().st_uid == server.account.uid != 0


@pytest.mark.control("least-privilege", "db-hardening")
def test_the_roles_of_the_portal_may_do_nothing_to_the_server(server: EmbeddedDatabase) -> None:
    with psycopg.connect(server.dsn("super")) as connection:
        rows = connection.execute(
            "select rolname, rolcanlogin from pg_roles "
            "where rolname like 'muniment\\_%' and rolname <> 'muniment_super' and not "
            "(rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication or rolinherit)"
        ).fetchall()

    assert dict(rows) == {
        "muniment_owner": True,
        "muniment_app": True,
        "muniment_job": True,
        "muniment_desk": False,
        "muniment_auditor": False,
        "muniment_sequencer": False,
        "muniment_definer": False,
    }


@pytest.mark.parametrize("role", ["app", "job"])
def test_web_and_worker_inherit_nothing_and_take_up_a_reading_role_for_a_transaction(
    server: EmbeddedDatabase, role: str
) -> None:
    with psycopg.connect(server.dsn("super")) as connection:
        connection.execute("create table app.secret (); grant select on app.secret to muniment_desk")
    with psycopg.connect(server.dsn(role)) as connection:  # type: ignore[arg-type]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select from app.secret")
        connection.rollback()
        connection.execute("set local role muniment_desk")
        connection.execute("select from app.secret")
        connection.rollback()
        for other in ("muniment_owner", "muniment_definer", "muniment_super"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"set local role {other}")
            connection.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("create table public.mine ()")


def test_the_owner_does_not_see_past_policies_through_the_definer(server: EmbeddedDatabase) -> None:
    with psycopg.connect(server.dsn("super")) as connection:
        connection.execute(
            "create table app.walled as select 1 as value; alter table app.walled owner to muniment_owner; "
            "alter table app.walled enable row level security, force row level security; "
            "create policy definer on app.walled to muniment_definer using (true)"
        )

    with psycopg.connect(server.dsn("owner")) as connection:
        assert connection.execute("select * from app.walled").fetchall() == []


@pytest.mark.control("gdpr-privacy-by-design")
def test_the_logs_of_the_server_quote_no_value(server: EmbeddedDatabase) -> None:
    with psycopg.connect(server.dsn("super"), autocommit=True) as connection:
        connection.execute("create table app.named (name text unique, number int)")
        for statement in (
            "insert into app.named values ('Canary'), ('Canary')",
            "select 'Canary'::uuid",
            "select 'Canary' from nowhere",
            "do $$ begin raise warning 'Canary'; end $$",
        ):
            with pytest.raises(psycopg.Error) if "warning" not in statement else _nothing():
                connection.execute(statement)
    server.stop()

    written = [path.read_text(encoding="utf-8") for path in server.logs.iterdir()]

    assert any("shut down" in text for text in written)
    assert not any("Canary" in text for text in written)
    assert all(json.loads(line) for path in server.logs.glob("*.json") for line in path.read_text().splitlines())


class _nothing:  # noqa: N801 (stands where pytest.raises stands)
    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


def test_preparing_a_server_again_changes_nothing(server: EmbeddedDatabase) -> None:
    keep(server, 1)

    bootstrap(server.connection("super"))

    assert values(server) == [1]


def test_a_start_that_is_given_up_ends_early(folder: Path) -> None:
    database = EmbeddedDatabase(folder / "data")

    database.start(given_up=lambda: True)

    assert not database.is_running()
    database.stop()


# -- the operator's own server ----------------------------------------------------------------------------------------

DEBIAN = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture
def own_server(folder: Path) -> Iterator[Callable[[str, str | None], str]]:
    """Give a server of version 15 that asks for passwords, with a set-up user who is no superuser."""
    if not DEBIAN.exists():
        pytest.skip("PostgreSQL 15 is not installed")
    account = accounts.ensure_system_user() if accounts.is_root() else None
    if account:
        os.chown(folder, account.uid, account.gid)

    def call(*command: str | Path) -> None:
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            cwd=folder,
            user=account.uid if account else None,
            group=account.gid if account else None,
        )

    (folder / "word").write_text("super-password")
    cluster = folder / "c"
    call(
        DEBIAN / "initdb",
        "-D",
        cluster,
        "-U",
        "boss",
        "--auth=scram-sha-256",
        f"--pwfile={folder / 'word'}",
        "--no-sync",
    )
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    call(DEBIAN / "pg_ctl", "-D", cluster, "-w", "-o", options, "-l", folder / "log", "start")
    with psycopg.connect(
        f"host={folder} user=boss password=super-password dbname=postgres", autocommit=True
    ) as connection:
        connection.execute("create role setup login createrole createdb password 'setup-password'")
    yield lambda user, password: f"host={folder} user={user} password={password} dbname=portal"
    call(DEBIAN / "pg_ctl", "-D", cluster, "-m", "fast", "stop")


def test_the_operators_own_server_gets_roles_with_derived_passwords(
    own_server: Callable[[str, str | None], str], folder: Path
) -> None:
    from muniment.core import config
    from muniment.operations.bootstrap import prepare_server

    url = f"postgresql://setup:setup-password@/portal?host={folder}"
    present = config.load({"MUNIMENT_DATABASE_URL": url, "MUNIMENT_DATA": str(folder / "data")})
    present.keys.mkdir(parents=True)
    present.server_key.write_bytes(b"a server key")

    prepare_server(present)
    prepare_server(present)

    for role in ("owner", "app", "job"):
        connection_facts = config.connection(present, role)
        with psycopg.connect(own_server(connection_facts.user, connection_facts.password)) as connection:
            assert connection.execute("select current_user, current_schemas(false)").fetchone() == (
                f"muniment_{role}",
                ["app", "public"],
            )
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(own_server("muniment_app", "wrong"))
    present.server_key.write_bytes(b"another server key")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(own_server("muniment_app", config.connection(present, "app").password))
