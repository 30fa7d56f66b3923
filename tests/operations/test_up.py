"""`muniment up` as operators meet it: what it says, what it survives, and what it refuses."""

import os
import re
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from cryptography import x509

from muniment.core import config
from muniment.core.config import Config
from muniment.operations import accounts, certificates, readiness
from muniment.operations.database import EmbeddedDatabase
from tests.operations.conftest import ROOT, free_port, is_alive, wait_until

ALLOWED = ("--allow-root",) if accounts.is_root() else ()
SECONDS = 180.0
PARTS = {"server", "worker", "redirect", "postgres"}  # what runs on; what is done once may still be at it

pytestmark = pytest.mark.slow


class Portal:
    """A portal with its data in a folder, started and stopped by the command alone."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.output = folder / "output"
        self.present: Config = config.load(
            {
                "MUNIMENT_DATA": str(folder / "data"),
                "MUNIMENT_HTTPS_PORT": str(free_port()),
                "MUNIMENT_HTTP_PORT": str(free_port()),
                "MUNIMENT_WEB_THREADS": "4",
                **settings,
            }
        )
        self.process: subprocess.Popen[bytes] | None = None

    def begin(self, *options: str) -> None:
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                self._line("up", *ALLOWED, *options), env=self._environ(), stderr=output, start_new_session=True
            )

    def start(self) -> None:
        self.begin()
        assert wait_until(lambda: "Ready" in self.said() or not self.is_running(), SECONDS), self.said()
        assert self.is_running(), self.said()

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(SECONDS)

    def call(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            self._line(*arguments), env=self._environ(), capture_output=True, text=True, check=False, timeout=SECONDS
        )

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8") if self.output.exists() else ""

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def answers(self) -> bool:
        certificate = x509.load_pem_x509_certificate((self.present.data / "tls" / "server.pem").read_bytes())
        shown = certificates.fingerprint(certificate)
        return readiness.page_answers("127.0.0.1", self.present.https_port, host="localhost", fingerprint=shown)

    def parts(self) -> dict[str, int]:
        """Return the process ids of the parts by their names."""
        assert self.process is not None
        listed = subprocess.run(
            ["pgrep", "-P", str(self.process.pid), "-a"], capture_output=True, text=True, check=True
        )
        found = {}
        for line in listed.stdout.splitlines():
            process_id, _, command = line.partition(" ")
            name = re.search(r"muniment\.operations\.(\w+)|/(postgres) ", command)
            if name:
                found[name[1] or name[2]] = int(process_id)
        return found

    def _line(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "muniment.operations.command", *arguments]

    def _environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if "MUNIMENT" not in name and "DJANGO" not in name}
        return {**kept, **config.environment(self.present), "PYTHONPATH": str(ROOT / "src")}


def everything_of(portal: Portal) -> list[int]:
    """Return the process ids of all that runs on the portal's data."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and is_alive(int(entry.name)):
            try:
                told = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            except OSError:
                continue
            if str(portal.present.data).encode() in told and int(entry.name) != os.getpid():
                found.append(int(entry.name))
    return found


@pytest.fixture(scope="module")
def _portal() -> Iterator[Portal]:
    with tempfile.TemporaryDirectory(prefix="mun-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        found = Portal(Path(folder))
        yield found
        if found.is_running():
            found.stop()


@pytest.fixture
def portal(_portal: Portal) -> Portal:
    """Give the portal of this file, running."""
    if not _portal.is_running():
        _portal.start()
    return _portal


def test_a_first_start_says_how_to_begin(portal: Portal) -> None:
    assert wait_until(lambda: all(part in portal.said() for part in ("/set-up/", "Ctrl-C")))  # in either order
    said = portal.said()

    assert f"https://localhost:{portal.present.https_port}" in said
    assert re.search(r"^  ([0-9A-F]{2}:){31}[0-9A-F]{2}$", said, re.MULTILINE)
    assert len(re.findall(rf"https://localhost:{portal.present.https_port}/set-up/\S+", said)) == 1
    assert "Traceback" not in said


def test_the_data_directory_and_the_keys_are_closed_to_others(portal: Portal) -> None:
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [portal.present.data, *portal.present.keys.iterdir()]}

    assert modes.pop(portal.present.data) == 0o700
    assert set(modes.values()) == {0o600}


@pytest.mark.parametrize("part", ["server", "worker", "redirect", "postgres"])
def test_a_killed_part_comes_back_and_takes_no_other_along(portal: Portal, part: str) -> None:
    before = {name: number for name, number in portal.parts().items() if name in PARTS}
    assert set(before) == PARTS

    os.kill(before[part], signal.SIGKILL)

    assert wait_until(lambda: portal.parts().get(part, before[part]) != before[part], SECONDS)
    assert wait_until(portal.answers, SECONDS)
    after = portal.parts()
    assert {name for name in before if after.get(name) != before[name]} == {part}


def server_of(portal: Portal) -> "psycopg.Connection[tuple[object, ...]]":
    """Connect to the portal's database server as soon as it takes anybody: after a kill it recovers first."""
    dsn, tried = EmbeddedDatabase(portal.present.data).dsn("super", "postgres"), time.monotonic()
    while True:
        try:
            return psycopg.connect(dsn, autocommit=True)
        except psycopg.OperationalError:
            if time.monotonic() - tried > SECONDS:
                raise
            time.sleep(0.2)


def _listens(server: "psycopg.Connection[tuple[object, ...]]") -> bool:
    """Tell whether the worker has the connection on which it waits to be told of jobs."""
    found = "select 1 from pg_stat_activity where usename = 'muniment_job' and query ilike 'listen %'"
    return server.execute(found).fetchone() is not None


def test_the_worker_goes_on_after_the_database_shut_it_out(portal: Portal) -> None:
    before = portal.parts()["worker"]
    written = portal.present.data / "logs" / "worker.log"
    seen = written.stat().st_size

    with server_of(portal) as server:
        assert wait_until(lambda: _listens(server), SECONDS)  # at rest again, whatever was killed before
        server.execute("alter role muniment_job nologin")
        server.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'muniment_job'")
        time.sleep(3)
        server.execute("alter role muniment_job login")

    def told(what: str) -> bool:
        return what in written.read_text()[seen:].partition("work goes on when it is back")[2]

    assert wait_until(lambda: told("Starting worker"), SECONDS)
    assert portal.parts()["worker"] == before


def test_a_second_portal_on_the_same_data_is_refused(portal: Portal) -> None:
    done = portal.call("up", *ALLOWED)

    assert done.returncode == 1
    assert "already running" in done.stderr
    assert portal.answers()


def test_a_port_in_use_is_named(portal: Portal, folder: Path) -> None:
    other = Portal(folder, MUNIMENT_HTTPS_PORT=str(portal.present.https_port))

    done = other.call("up", *ALLOWED)

    assert done.returncode == 1
    assert f"Port {portal.present.https_port}" in done.stderr
    assert "MUNIMENT_HTTPS_PORT" in done.stderr
    assert everything_of(other) == []


@pytest.mark.skipif(not accounts.is_root(), reason="an ordinary user needs no leave")
def test_web_and_worker_do_not_run_as_root_without_leave(folder: Path) -> None:
    account = accounts.ensure_system_user()
    portal = Portal(folder)

    if accounts.can_run_portal(account):
        portal.begin()
        assert wait_until(lambda: "Ready" in portal.said(), SECONDS)
        owners = {Path(f"/proc/{process_id}").stat().st_uid for process_id in portal.parts().values()}
        portal.stop()
        assert owners == {account.uid}
    else:
        done = portal.call("up")
        assert done.returncode == 1
        assert "--allow-root" in done.stderr
        assert not portal.present.data.exists()


@pytest.mark.control("minimise-holes")
def test_check_is_content_until_a_wall_is_broken(portal: Portal) -> None:
    assert portal.call("check").returncode == 0

    with psycopg.connect(**config.connection(portal.present, "super").parameters()) as database:  # type: ignore[arg-type]
        database.execute("alter table app.document no force row level security")
    broken = portal.call("check")
    with psycopg.connect(**config.connection(portal.present, "super").parameters()) as database:  # type: ignore[arg-type]
        database.execute("alter table app.document force row level security")

    assert broken.returncode == 1
    assert "document" in broken.stderr
    assert portal.call("check").returncode == 0


def test_an_administrator_can_be_let_in_from_the_host(portal: Portal) -> None:
    done = portal.call("admin", "create", "--email", "ada@firm.example", "--name", "Ada")

    assert done.returncode == 0
    assert re.fullmatch(rf"https://localhost:{portal.present.https_port}/\S+\n", done.stdout)


def test_ctrl_c_and_sigterm_stop_everything(portal: Portal) -> None:
    assert portal.stop() == 0

    assert "Stopped" in portal.said()
    assert everything_of(portal) == []


def test_migrate_and_check_work_without_a_running_portal(portal: Portal) -> None:
    portal.stop()

    assert portal.call("migrate").returncode == 0
    assert portal.call("check").returncode == 0
    assert everything_of(portal) == []


def test_a_killed_supervisor_takes_everything_along_and_the_next_start_finds_what_was_committed(portal: Portal) -> None:
    with psycopg.connect(**config.connection(portal.present, "super").parameters()) as database:  # type: ignore[arg-type]
        database.execute("create table public.kept as select 1 as value")
    assert portal.process is not None

    portal.process.kill()
    portal.process.wait()
    portal.start()  # at once: whoever is still leaving is waited for

    with psycopg.connect(**config.connection(portal.present, "super").parameters()) as database:  # type: ignore[arg-type]
        assert database.execute("select value from public.kept").fetchone() == (1,)
        database.execute("drop table public.kept")
    assert portal.answers()


def test_without_the_root_key_nothing_starts_and_nothing_is_changed(portal: Portal) -> None:
    portal.stop()
    aside = portal.present.root_key.rename(portal.present.root_key.with_suffix(".aside"))

    portal.begin()
    assert wait_until(lambda: not portal.is_running(), SECONDS)

    assert portal.process is not None
    assert portal.process.returncode == 1
    assert "root key is missing" in portal.said()
    assert not portal.present.root_key.exists()
    aside.rename(portal.present.root_key)
    portal.start()


def test_a_stop_in_the_middle_of_the_start_is_obeyed(folder: Path) -> None:
    portal = Portal(folder)
    for delay in (0.3, 1.5):
        portal.begin()
        time.sleep(delay)

        assert portal.stop() in {0, -signal.SIGTERM}  # the latter before Python has begun to listen

        assert wait_until(lambda: everything_of(portal) == [])
