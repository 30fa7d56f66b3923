"""A database that an older PostgreSQL wrote is brought to ours by pg_upgrade, with the older one to go back to."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from muniment.operations import accounts
from muniment.operations.bootstrap import bootstrap
from muniment.operations.database import EmbeddedDatabase
from tests import sites
from tests.operations.upgrading.conftest import Left

DEBIAN = Path("/usr/lib/postgresql/15/bin")

pytestmark = pytest.mark.slow


class Older:
    """A data directory whose database Debian's PostgreSQL 15 wrote, without checksums, as an unprivileged account."""

    def __init__(self, folder: Path) -> None:
        self.left = Left(folder, {})
        self.account = accounts.ensure_system_user() if accounts.is_root() else None
        for name in ("", "run", "pg"):
            place = self.left.data / name
            place.mkdir(mode=0o755 if name == "pg" else 0o700)
            if self.account:
                os.chown(place, self.account.uid, self.account.gid)
        (self.left.data / "pg" / "15").mkdir(mode=0o755)
        (self.left.data / "pg" / "15" / "bin").symlink_to(DEBIAN)
        self.cluster = self.left.data / "database"

    def make(self) -> None:
        self.call("initdb", "-D", self.cluster, "-U", "muniment_super", "-E", "UTF8", "--locale=C", "--auth=trust")
        self.start()
        server = EmbeddedDatabase(self.left.data, account=self.account)
        bootstrap(server.connection("super"))
        with psycopg.connect(server.dsn("super")) as connection:
            connection.execute("create table public.kept as select n from generate_series(1, 1000) n")
            connection.execute("create index on public.kept (n)")
        self.stop("immediate")  # as a crash leaves it

    def start(self) -> None:
        options = f"-c listen_addresses= -c unix_socket_directories={self.left.data / 'run'}"
        self.call("pg_ctl", "-D", self.cluster, "-w", "-o", options, "-l", self.left.data / "run" / "log", "start")

    def stop(self, how: str = "fast") -> None:
        self.call("pg_ctl", "-D", self.cluster, "-m", how, "stop")

    def call(self, program: str, *arguments: str | Path) -> None:
        subprocess.run(
            [DEBIAN / program, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self.left.data,
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
        )


@pytest.fixture(scope="module")
def older() -> Iterator[Older]:
    if not DEBIAN.exists():
        pytest.skip("PostgreSQL 15 is not installed")
    folder = Path(tempfile.mkdtemp(prefix="mun-", dir="/tmp"))
    folder.chmod(0o755)
    found = Older(folder)
    found.make()
    yield found
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.control("patching")
def test_an_older_postgresql_is_upgraded_with_everything_and_goes_back(older: Older):
    portal = older.left

    done = portal.run("upgrade", "--yes")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "PostgreSQL  15 to 18" in done.stdout
    assert (older.cluster / "PG_VERSION").read_text().strip() == "18"
    with sites.started(portal.data) as site:
        assert site.ask("select count(*), sum(n) from public.kept") == [(1000, 500500)]
        assert site.ask("show data_checksums") == [("on",)]
        ((estimate,),) = site.ask("select reltuples from pg_class where relname = 'kept'")
        assert estimate == 1000
        site.ask("drop table public.kept")

    back = portal.run("upgrade", "--back", "--yes")

    assert back.returncode == 0, back.stdout + back.stderr
    assert (older.cluster / "PG_VERSION").read_text().strip() == "15"
    (older.cluster / "pg_hba.conf").write_text("local all all trust\n")
    older.start()
    try:
        server = EmbeddedDatabase(portal.data, account=older.account)
        with psycopg.connect(server.dsn("super")) as connection:
            assert connection.execute("select count(*) from public.kept").fetchone() == (1000,)
    finally:
        older.stop()


def test_without_the_older_programs_nothing_is_touched(older: Older):
    portal = older.left.again("bare")
    shutil.rmtree(portal.data / "pg")

    done = portal.run("upgrade", "--yes")

    assert done.returncode == 1
    assert "its programs are no longer in" in done.stderr
    assert (portal.data / "database" / "PG_VERSION").read_text().strip() == "15"
