"""An operator's own PostgreSQL 15 over TLS: who answers is checked, passwords are hashed, and the walls stand."""

import functools
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from muniment.core.config.database import binding_key, password_of
from muniment.core.db import binding
from tests.live import free_port

BINARIES = Path("/usr/lib/postgresql/15/bin")
PASSWORD = "a-superusers-password"
ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.slow, pytest.mark.control("db-hardening")]


@dataclass(frozen=True)
class Server:
    """A running server that takes TLS and passwords alone."""

    folder: Path
    port: int

    def dsn(
        self, authority: str = "ca.pem", host: str = "localhost", user: str = "boss", password: str = PASSWORD
    ) -> str:
        return (
            f"postgresql://{user}:{password}@{host}:{self.port}/postgres"
            f"?sslmode=verify-full&sslrootcert={self.folder / authority}"
        )

    def password_of(self, role: str) -> str:
        return password_of(self.folder / "data" / "keys" / "server.key", role)

    def muniment(self, *arguments: str, authority: str = "ca.pem") -> "subprocess.CompletedProcess[str]":
        """Run the command on this server."""
        kept = {name: value for name, value in os.environ.items() if "MUNIMENT" not in name and "DJANGO" not in name}
        url = self.dsn(authority).replace("/postgres?", "/muniment?")
        given = {"MUNIMENT_DATABASE_URL": url, "MUNIMENT_DATA": str(self.folder / "data")}
        return subprocess.run(
            [sys.executable, "-m", "muniment.operations.command", *arguments],
            env={**kept, **given, "PYTHONPATH": str(ROOT / "src")},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


def _authority(folder: Path, name: str) -> None:
    """Make a certificate authority, and a certificate of it for localhost."""
    new = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    made: list[str | Path] = [
        *new,
        "-subj",
        f"/CN={name}",
        "-keyout",
        folder / f"{name}.key",
        "-out",
        folder / f"{name}.pem",
    ]
    subprocess.run(made, check=True, capture_output=True)


def _certificate(folder: Path) -> None:
    asked = ["openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    subprocess.run(
        [*asked, "-keyout", folder / "server.key", "-out", folder / "server.csr"], check=True, capture_output=True
    )
    (folder / "names").write_text("subjectAltName=DNS:localhost\n")
    signed: list[str | Path] = [
        "openssl",
        "x509",
        "-req",
        "-days",
        "1",
        "-CA",
        folder / "ca.pem",
        "-CAkey",
        folder / "ca.key",
    ]
    signed += ["-extfile", folder / "names"]
    subprocess.run(
        [*signed, "-CAcreateserial", "-in", folder / "server.csr", "-out", folder / "server.pem"],
        check=True,
        capture_output=True,
    )


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Give Debian's PostgreSQL 15 on this machine, with TLS."""
    if not (BINARIES / "postgres").exists():
        pytest.skip("PostgreSQL 15 is not installed (Debian: postgresql-15)")
    as_root = os.geteuid() == 0
    folder = Path(tempfile.mkdtemp(prefix="mun-", dir="/tmp"))
    folder.chmod(0o755)
    _authority(folder, "ca")
    _authority(folder, "other")
    _certificate(folder)
    (folder / "password").write_text(PASSWORD)
    (folder / "cluster").mkdir(mode=0o700)
    account = "postgres" if as_root else pwd.getpwuid(os.geteuid()).pw_name
    if as_root:
        for name in ("cluster", "server.key", "password"):
            shutil.chown(folder / name, account, account)
    (folder / "server.key").chmod(0o600)
    user = {"user": account, "group": account, "extra_groups": []} if as_root else {}
    initdb = [BINARIES / "initdb", "-D", folder / "cluster", "-U", "boss", "--auth=scram-sha-256", "-E", "UTF8"]
    subprocess.run(
        [*initdb, f"--pwfile={folder / 'password'}", "--no-locale"],
        check=True, capture_output=True, cwd="/", **user,  # type: ignore[call-overload]
    )  # fmt: skip
    (folder / "cluster" / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")
    port = free_port()
    settings = {
        "port": port, "listen_addresses": "localhost", "unix_socket_directories": "", "ssl": "on", "fsync": "off",
        "ssl_cert_file": folder / "server.pem", "ssl_key_file": folder / "server.key",
    }  # fmt: skip
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    running = subprocess.Popen(
        [BINARIES / "postgres", "-D", folder / "cluster", *options],
        cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **user,  # type: ignore[call-overload]
    )  # fmt: skip
    found = Server(folder, port)
    try:
        _await(found)
        yield found
    finally:
        running.terminate()
        running.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _await(server: Server) -> None:
    import time

    for _ in range(100):
        try:
            psycopg.connect(server.dsn(), connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")


@pytest.fixture(scope="module")
def prepared(server: Server) -> Server:
    """Give the server after `muniment migrate`."""
    done = server.muniment("migrate")
    assert done.returncode == 0, done.stderr
    return server


def test_the_portal_works_on_an_operators_own_server(prepared: Server):
    with psycopg.connect(prepared.dsn()) as database:
        assert database.info.server_version // 10000 == 15

    checked = prepared.muniment("check")

    assert checked.returncode == 0, checked.stdout + checked.stderr  # walls, keys, permissions: on version 15


@pytest.fixture(scope="module")
def pooler(prepared: Server) -> Iterator[Server]:
    """Give PgBouncer in transaction mode before the server, with fewer connections than its users have."""
    if not (program := shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")):
        pytest.skip("PgBouncer is not installed (Debian: pgbouncer)")
    folder = prepared.folder / "pooler"
    folder.mkdir(mode=0o755)
    passwords = {"boss": PASSWORD} | {
        name: prepared.password_of(name) for name in ("muniment_owner", "muniment_app", "muniment_job")
    }
    (folder / "users.txt").write_text("".join(f'"{name}" "{given}"\n' for name, given in passwords.items()))
    shutil.copy(prepared.folder / "server.key", folder / "server.key")
    found = replace(prepared, port=free_port())
    (folder / "pooler.ini").write_text(
        f"""[databases]
* = host=localhost port={prepared.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {found.port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users.txt
pool_mode = transaction
default_pool_size = 2
server_tls_sslmode = verify-full
server_tls_ca_file = {prepared.folder}/ca.pem
client_tls_sslmode = require
client_tls_key_file = {folder}/server.key
client_tls_cert_file = {prepared.folder}/server.pem
"""
    )
    account = []
    if os.geteuid() == 0:
        account = ["-u", "postgres"]  # it does not run as root
        for name in (".", "users.txt", "server.key"):
            shutil.chown(folder / name, "postgres", "postgres")
    running = subprocess.Popen(
        [program, "-q", *account, folder / "pooler.ini"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await(found)
        yield found
    finally:
        running.kill()
        running.wait(30)


def test_the_portal_works_behind_a_pooler_in_transaction_mode(pooler: Server):
    checked = pooler.muniment("check")

    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.control("tenant-isolation")
def test_behind_a_pooler_each_transaction_is_bound_on_whatever_connection_it_gets(
    pooler: Server, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(binding, "_key", lambda _: binding_key(pooler.folder / "data" / "keys" / "server.key"))
    dsn = pooler.dsn(user="muniment_app", password=pooler.password_of("muniment_app")).replace(
        "/postgres?", "/muniment?"
    )
    told: list[bool] = []
    numbers: set[tuple[bool, int]] = set()
    ask = functools.partial(psycopg.connect, dsn, autocommit=True, prepare_threshold=None)  # as Django does
    with ask() as first, ask() as second:
        for ended_first in [first, second] * 5:
            clients = {first: uuid4(), second: uuid4()}
            for raw in (first, second) if len(told) % 3 else (second, first):
                binding.begin(raw, binding.Binding(clients[raw]))
            for raw in (first, second):
                (client, number) = raw.execute("select app.cid(), pg_backend_pid()").fetchone() or (None, 0)
                told.append(client == clients[raw])
                numbers.add((raw is first, number))
            for raw in (first, second) if ended_first is first else (second, first):
                raw.execute("commit")
            for raw in (first, second):
                assert raw.execute("select app.cid()").fetchone() == (None,)

    assert told == [True] * 20
    assert len(numbers) == 4  # each of the two was given both connections


def test_every_password_is_kept_as_scram_and_every_connection_is_encrypted(prepared: Server):
    with psycopg.connect(prepared.dsn(), autocommit=True) as database:
        kept: dict[str, str | None] = dict(
            database.execute("select rolname, rolpassword from pg_authid where rolname like 'muniment\\_%'").fetchall()
        )
        can_sign_in = {
            name for (name,) in database.execute("select rolname from pg_roles where rolcanlogin and rolname <> 'boss'")
        }
        (version,) = database.execute("select version from pg_stat_ssl where pid = pg_backend_pid()").fetchone() or (
            "",
        )

    assert {"muniment_owner", "muniment_app", "muniment_job"} == can_sign_in & set(kept)
    assert all(str(kept[name]).startswith("SCRAM-SHA-256$") for name in can_sign_in & set(kept))
    assert all(password is None for name, password in kept.items() if name not in can_sign_in)
    assert version in {"TLSv1.2", "TLSv1.3"}


def test_a_server_that_another_authority_vouches_for_is_refused(prepared: Server):
    done = prepared.muniment("migrate", authority="other.pem")

    assert done.returncode == 1
    assert "certificate verify failed" in " ".join(done.stderr.split())
    with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
        psycopg.connect(prepared.dsn("other.pem"))


def test_a_look_at_a_server_of_another_authority_says_so_in_time(prepared: Server):
    begun = time.monotonic()

    done = prepared.muniment("check", authority="other.pem")

    assert done.returncode == 1
    assert "certificate verify failed" in " ".join(done.stderr.split())
    assert time.monotonic() - begun < 10


def test_a_server_of_another_name_is_refused(prepared: Server):
    with pytest.raises(psycopg.OperationalError, match="does not match host name"):
        psycopg.connect(prepared.dsn(host="127.0.0.1"))


def test_a_wrong_password_and_a_connection_in_the_clear_are_refused(prepared: Server):
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(prepared.dsn(user="muniment_app"))
    with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry"):
        psycopg.connect(prepared.dsn().replace("verify-full", "disable"))
