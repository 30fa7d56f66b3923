"""Drills on a real portal with real backups: held, killed in the middle, without room, with a moved clock."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from muniment.core import clock, config
from muniment.operations import programs
from muniment.operations.continuity.drills import conduct, room, scratch
from muniment.operations.continuity.drills.conduct import Found
from muniment.operations.continuity.troubles import Failed
from tests.faults.portal import ROOT, Small, children, command_line, wait_until
from tests.faults.visitor import Visitor, noise

DOCUMENTS = 4

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("restic") is None, reason="restic is not installed"),
]


class Backed(Small):
    """A portal that saves its log every few seconds."""

    def call(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(self._line(*arguments), env=self._environ(), capture_output=True, text=True, check=False)

    def begin(self, *arguments: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(self._line(*arguments), env=self._environ(), stdout=subprocess.DEVNULL)

    def asks(self, sql: str) -> Any:
        with self.database() as database:
            (found,) = database.execute(sql).fetchone() or (None,)
        return found

    def count(self) -> None:
        """Count rows, as the worker does every hour."""
        code = "import django; django.setup(); from muniment.assurance.continuity import actions; actions.take_census()"
        environ = programs.environment(self.present, "job")
        subprocess.run([sys.executable, "-c", code], env={**environ, "PYTHONPATH": str(ROOT / "src")}, check=True)

    def saved_until(self) -> datetime:
        """Return the newest moment that the repository can bring back."""
        return self.asks("select max(moment) from app.backup where kind = 'wal'") or datetime.min.replace(tzinfo=UTC)

    def drill(self, *arguments: str) -> dict[str, Any]:
        """Hold a drill with the command, and return its report."""
        done = self.call("drill", *arguments)
        assert done.stdout.startswith("{"), (done.stdout, done.stderr)
        assert "Traceback" not in done.stdout
        found: dict[str, Any] = json.loads(done.stdout.rpartition("\n\n")[0])
        return found

    @staticmethod
    def _line(*arguments: str) -> list[str]:
        return [sys.executable, "-m", "muniment.operations.command", *arguments]

    def _environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if "MUNIMENT" not in name and "DJANGO" not in name}
        return {**kept, **config.environment(self.present), "PYTHONPATH": str(ROOT / "src")}


@pytest.fixture(scope="module")
def backed() -> Iterator[Backed]:
    """Give a portal with a few documents and a backup of all of them."""
    path = Path(tempfile.mkdtemp(prefix="mun-", dir="/tmp"))
    path.chmod(0o755)
    portal = Backed(path, MUNIMENT_RPO_MINUTES="1", MUNIMENT_RTO_MINUTES="10", MUNIMENT_PASSWORD_HASH_PASSES="1")
    portal.start()
    try:
        portal.lay()
        cleo = Visitor(portal).sign_in("cleo", "okoye")
        for number in range(DOCUMENTS):
            cleo.upload(f"{noise(6, str(number)).hex()}.bin", noise(200_000, f"document {number}"))
        portal.count()
        written = clock.now()
        assert wait_until(lambda: portal.saved_until() > written), portal.said()
        yield portal
    finally:
        if portal.is_running():
            portal.stop()
        shutil.rmtree(path, ignore_errors=True)


@pytest.mark.control("recovery-tested")
def test_a_drill_restores_the_newest_backup_and_finds_everything_right(backed: Backed) -> None:
    report = backed.drill("--every-document")

    outcomes = {check["name"]: check["outcome"] for check in report["checks"]}
    assert report["state"] == "passed", report
    assert set(outcomes.values()) == {"passed"}
    assert set(outcomes) == {
        "replay",
        "sign-in",
        "rows",
        "logs",
        "documents",
        "walls",
        "structure",
        "loss",
        "recovery",
    }
    amounts = {check["name"]: check["amount"] for check in report["checks"]}
    assert amounts["documents"] == report["documents"]["there"] >= DOCUMENTS
    assert amounts["logs"] > DOCUMENTS
    assert amounts["structure"] > 100
    assert not scratch.place_of(backed.present).exists()
    assert backed.asks("select state from app.drill order by started_at desc limit 1") == "passed"


@pytest.mark.control("recovery-tested")
def test_a_drill_that_is_killed_leaves_nothing_that_runs_and_the_next_one_passes(backed: Backed) -> None:
    place = scratch.place_of(backed.present)
    held = backed.begin("drill")
    assert wait_until(lambda: (place / "database" / "postmaster.pid").exists() or held.poll() is not None, 120)
    server = int((place / "database" / "postmaster.pid").read_text().split()[0])

    for process in (*children(held.pid), held.pid):
        os.kill(process, signal.SIGKILL)
    held.wait()

    assert wait_until(lambda: not command_line(server), 60)  # the kernel told it
    assert place.exists()
    assert scratch.clean(backed.present)
    assert not place.exists()
    assert (backed.present.keys / "root.key").exists()  # the links went, and not what they led to
    assert backed.drill()["state"] == "passed"
    states = backed.asks("select string_agg(distinct state, ',') from app.drill")
    assert states == "failed,passed"


@pytest.mark.control("rpo-rto-met")
def test_after_a_kill_of_everything_no_more_is_lost_than_promised_and_it_is_back_in_time(backed: Backed) -> None:
    cleo = Visitor(backed).sign_in("ben", "okoye")
    over = threading.Event()
    writing = threading.Thread(target=_write, args=(cleo, over))
    begun = clock.now()
    writing.start()
    assert wait_until(lambda: backed.saved_until() > begun)
    time.sleep(3)
    assert backed.process is not None
    everything = [one for child in children(backed.process.pid) for one in (child, *children(child))]

    lost_at = clock.now()
    for process in (backed.process.pid, *everything):
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            continue
    backed.process.wait()
    over.set()
    writing.join()

    report = backed.drill("--failed-at", f"{lost_at:%Y-%m-%dT%H:%M:%S.%fZ}")
    print(  # noqa: T201 - the numbers are the point
        f"lost {report['loss_seconds']} s of {report['rpo_seconds']} s, "
        f"back after {report['recovery_seconds']} s of {report['rto_seconds']} s"
    )
    assert report["state"] == "passed", report
    assert 0 < report["loss_seconds"] <= report["rpo_seconds"] == 60
    assert report["recovery_seconds"] <= report["rto_seconds"] == 600
    backed.start()


def _write(visitor: Visitor, over: threading.Event) -> None:
    number = 0
    while not over.is_set():
        number += 1
        try:
            visitor.place(f"load {number}.bin", 1000)
        except (OSError, AssertionError):
            time.sleep(0.2)


def test_a_drill_without_room_is_refused_before_anything_is_there(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="Nothing was begun"):
        room.require(tmp_path, needed_bytes=10**15)
    room.require(tmp_path, needed_bytes=1)


def test_a_drill_without_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "meminfo"
    told.write_text("MemTotal: 4000000 kB\nMemAvailable: 100000 kB\n")
    monkeypatch.setattr(room, "_MEMORY", told)

    with pytest.raises(Failed, match="of memory"):
        room.require(tmp_path, needed_bytes=1)


def test_a_moved_clock_is_no_small_loss() -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    ahead, behind = Found(moment=now + timedelta(hours=1)), Found(moment=now - timedelta(seconds=20))

    assert conduct._measure(config.Config(), ahead, now) is None
    assert ahead.checks["loss"][0] == "failed"
    assert conduct._measure(config.Config(), behind, now) == 20
    assert behind.checks["loss"] == ("passed", 20)


def test_more_loss_than_promised_fails() -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    found = Found(moment=now - timedelta(minutes=6), recovery_seconds=3601.0)

    conduct._measure(config.Config(), found, now)

    assert {name: outcome for name, (outcome, _) in found.checks.items()} == {"loss": "failed", "recovery": "failed"}


def test_two_drills_are_never_held_at_the_same_time(tmp_path: Path) -> None:
    present = config.Config(data=tmp_path)
    (tmp_path / "keys").mkdir()
    (tmp_path / "pg").mkdir()

    with scratch.scratch(present) as place:
        assert re.fullmatch(r".*/drill", str(place))
        with pytest.raises(Failed, match="under way"):
            scratch.clean(present)

    assert not place.exists()
    assert (tmp_path / "keys").is_dir()
