"""The agent at work on a real installation: it saves by itself, and goes on after everything that stops it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from muniment.core import ids
from muniment.operations import programs
from muniment.operations.continuity import bundle, stretch, wal
from muniment.operations.continuity.restic import Repository
from tests import sites
from tests.operations.conftest import wait_until
from tests.sites import ROOT, Site

CANARY = b"canary-marigold-2718281828"
SLOW = """#!/bin/sh
case " $* " in *" --stdin "*) sleep 20;; esac
exec {restic} "$@"
"""
LOOK = """
import django, json; django.setup()
from muniment.assurance.continuity import health
print(json.dumps({line.name: line.state for line in health.backups()}))
"""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("restic") is None, reason="restic is not installed"),
]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Give a running installation that may lose a minute at most; its agent has made a first backup."""
    with tempfile.TemporaryDirectory(prefix="mun-", dir="/tmp", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        with sites.running(folder, MUNIMENT_RPO_MINUTES="1") as found:
            with working(found):
                assert wait_until(lambda: count(found, "base", "done") == 1, 180), said(found)
            yield found


@contextmanager
def working(site: Site, *, path: Sequence[Path] = ()) -> "Iterator[subprocess.Popen[str]]":
    """Let the agent work for as long as the block takes."""
    process = site.task(module="continuity", path=path)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def count(site: Site, kind: str, state: str) -> int:
    return int(str(site.ask("select count(*) from app.backup where kind = %s and state = %s", kind, state)[0][0]))


def said(site: Site) -> str:
    return (site.present.logs / "continuity.log").read_text()[-3000:]


def order(site: Site, what: str = "backup") -> Callable[[], str]:
    """Ask the agent for something, and return what tells how far it is."""
    order_id = ids.new()
    site.ask(
        "insert into app.backup_order (id, what, state, asked_at, step, done, total, trouble) "
        "values (%s, %s, 'asked', now(), '', 0, 0, '')",
        order_id,
        what,
    )
    return lambda: str(site.ask("select state from app.backup_order where id = %s", order_id)[0][0])


def slow(folder: Path) -> Path:
    """Return a folder whose restic takes long to begin with a database."""
    program = folder / "slow" / "restic"
    program.parent.mkdir(exist_ok=True)
    program.write_text(SLOW.format(restic=shutil.which("restic")))
    program.chmod(0o755)
    return program.parent


def children(process_id: int, name: str) -> list[int]:
    """Return the processes that a process started and whose command line holds `name`."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int(entry.joinpath("stat").read_text().rpartition(")")[2].split()[1])
                line = entry.joinpath("cmdline").read_bytes().decode()
            except (OSError, IndexError):
                continue
            if parent == process_id and name in line:
                found.append(int(entry.name))
    return found


def lives(process_id: int) -> bool:
    """Tell whether a process runs; one that nobody has buried does not."""
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def states(site: Site) -> dict[str, str]:
    """Return what Health says of backups."""
    line = [sys.executable, "-c", LOOK]
    environment = {**programs.environment(site.present, "app"), "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.control("backup-encrypted")
def test_the_first_backup_is_made_by_itself_and_the_log_is_saved_after_it(site: Site):
    (begun,) = site.ask("select moment from app.backup where kind = 'base'")

    with working(site):
        reached = "select count(*) from app.backup where kind = 'wal' and state = 'running' and moment > %s"
        assert wait_until(lambda: site.ask(reached, begun[0]) == [(1,)], 90), said(site)

    assert count(site, "store", "done") == 1
    repository = Repository.of(site.present)
    assert {tag for one in repository.snapshots() for tag in one.tags} >= {"base", "store", "wal"}
    good = states(site)
    assert good["Backup missing"] == good["Log not saved"] == good["Log not put aside"] == "good"


@pytest.mark.control("backup-encrypted")
def test_no_word_of_the_database_stands_in_the_repository_and_it_is_in_the_backup(site: Site):
    site.ask("create table if not exists public.canary (word text)")
    site.ask("insert into public.canary values (%s)", CANARY.decode())
    (site.data / "store" / "canary").write_bytes(CANARY)

    site.run("run")

    held = b"".join(path.read_bytes() for path in site.present.backups.rglob("*") if path.is_file())
    assert CANARY not in held
    assert b"PG_VERSION" not in held
    repository = Repository.of(site.present)
    with repository.dump(repository.snapshots("base")[-1].id, "/base.tar") as stream:
        assert CANARY in stream.read()


def test_what_backups_hold_is_listed(site: Site):
    listed = site.run("list")

    assert "database" in listed
    assert "log since then" in listed


def test_the_keys_are_in_no_backup(site: Site):
    repository = Repository.of(site.present)
    keys = [path.read_bytes() for path in site.present.keys.rglob("*") if path.is_file()]

    with tempfile.TemporaryDirectory() as name:
        for one in repository.snapshots():
            repository.restore_tree(one.id, Path(name))
        saved = b"".join(path.read_bytes() for path in Path(name).rglob("*") if path.is_file())

    assert keys
    assert not [key for key in keys if key.strip() and key.strip() in saved]


def test_killed_in_the_middle_it_leaves_no_half_backup_and_begins_anew(site: Site):
    with working(site, path=[slow(site.data)]) as agent:
        state = order(site)
        assert wait_until(lambda: count(site, "base", "running") == 1, 60), said(site)
        assert wait_until(lambda: bool(children(agent.pid, "pg_basebackup")), 60)
        left = [*children(agent.pid, "pg_basebackup"), *children(agent.pid, "restic")]
        agent.send_signal(signal.SIGKILL)
        agent.wait()

    assert wait_until(lambda: not any(lives(one) for one in left), 30)
    with working(site):
        assert wait_until(lambda: state() == "failed", 60), said(site)
        again = order(site)
        assert wait_until(lambda: again() == "done", 120), said(site)
    assert site.ask("select trouble from app.backup where kind = 'base' and state = 'failed'")[-1] == ("interrupted",)
    whole = {str(one) for (one,) in site.ask("select id from app.backup where kind = 'base' and state = 'done'")}
    assert {one.said("backup") for one in Repository.of(site.present).snapshots("base")} <= whole


def test_restic_killed_in_the_middle_fails_one_backup_and_the_next_is_made(site: Site):
    with working(site, path=[slow(site.data)]) as agent:
        state = order(site)
        assert wait_until(lambda: any(children(agent.pid, "--stdin")), 60), said(site)
        for one in children(agent.pid, "--stdin"):
            os.kill(one, signal.SIGKILL)
        assert wait_until(lambda: state() == "failed", 60), said(site)
        assert agent.poll() is None

    with working(site):
        again = order(site)
        assert wait_until(lambda: again() == "done", 120), said(site)


def test_a_missing_segment_is_noticed_and_a_new_backup_made_by_itself(site: Site):
    done = count(site, "base", "done")
    folder = stretch.folder(site.present)
    known = stretch.load(site.present)
    assert known is not None
    site.ask("select pg_switch_wal()")
    site.ask("insert into public.canary values ('more')")
    site.ask("select pg_switch_wal()")
    assert wait_until(lambda: len(list(site.present.spool.glob("*.gz"))) >= 2, 30)
    wal.take(site.present.spool, folder)
    middle = next(one for one in wal.segments(folder) if one > known.first)
    next(path for path in folder.glob("*.gz") if wal.Segment.of(path.name) == middle).unlink()

    with working(site):
        assert wait_until(lambda: count(site, "base", "done") == done + 1, 120), said(site)

    assert ("gap",) in site.ask("select trouble from app.backup where kind = 'wal' and state = 'failed'")


def test_a_repository_that_is_away_is_said_and_saving_goes_on_when_it_is_back(site: Site):
    place, away = site.present.backups / "repository", site.present.backups / "away"
    trouble = "select trouble from app.backup where kind = 'wal' and state = 'running'"
    with working(site):
        place.rename(away)
        try:
            assert wait_until(lambda: site.ask(trouble) == [("away",)], 90), said(site)
        finally:
            away.rename(place)
        assert wait_until(lambda: site.ask(trouble) == [("",)], 90), said(site)


@pytest.mark.control("backup-encrypted")
def test_a_log_that_cannot_be_put_aside_alarms_and_clears(site: Site):
    failed = "select last_failed_time > coalesce(last_archived_time, '-infinity') from pg_stat_archiver"
    spool, hidden = site.present.spool, site.present.spool.with_name("hidden")
    spool.rename(hidden)
    try:
        site.ask("insert into public.canary values ('more')")
        site.ask("select pg_switch_wal()")
        assert wait_until(lambda: site.ask(failed) == [(True,)], 60)
        assert states(site)["Log not put aside"] == "bad"
    finally:
        hidden.rename(spool)

    site.ask("insert into public.canary values ('more')")
    site.ask("select pg_switch_wal()")

    assert wait_until(lambda: site.ask(failed) == [(False,)], 90)
    assert states(site)["Log not put aside"] == "good"


@pytest.mark.control("backup-encrypted")
def test_without_restic_a_sealed_bundle_is_made_and_checked(site: Site):
    environment = {**programs.environment(site.present, "job"), "PATH": "/nonexistent", "PYTHONPATH": str(ROOT / "src")}
    said_then = {}

    for name in ("run", "check", "list"):
        line = programs.command("continuity.task", name)
        done = subprocess.run(line, env=environment, cwd=site.data, capture_output=True, text=True, check=False)
        said_then[name] = (done.returncode, done.stdout + done.stderr)

    (made,) = (site.present.backups / "bundles").glob("*.bundle")
    with bundle.opened(made, site.present.backup_key) as tar:
        names = tar.getnames()
    assert [code for code, _ in said_then.values()] == [0, 0, 0], said_then
    assert made.stem in said_then["list"][1]
    assert {"manifest.json", "database/000000", "store"} <= set(names)
    assert CANARY not in made.read_bytes()
    assert count(site, "bundle", "done") == 1


@pytest.mark.control("backup-encrypted")
def test_a_tampered_backup_is_refused(site: Site):
    for pack in (site.present.backups / "repository" / "data").rglob("*"):
        if pack.is_file():
            content = bytearray(pack.read_bytes())
            content[len(content) // 2] ^= 1
            pack.chmod(0o600)
            pack.write_bytes(bytes(content))
    process = site.task("check")

    said_then, _ = process.communicate(timeout=120)

    assert process.returncode == 1
    assert "damaged" in said_then
