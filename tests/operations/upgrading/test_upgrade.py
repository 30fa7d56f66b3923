"""What the release before left is brought to this one with nothing lost, and goes back, and again."""

import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests import sites
from tests.operations.continuity.test_restore import act
from tests.operations.test_up import Portal
from tests.operations.upgrading.conftest import Left
from tests.tmpfs import mounted

pytestmark = pytest.mark.slow

# What an upgrade adds to by itself: its migrations, its entry, rows that say which actions there are.
GROWN = {
    "auth_permission",
    "django_content_type",
    "django_migrations",
    "entry",
    "installation_key",
    "role_action",
}


def facts_of(data: Path) -> dict[str, Any]:
    """Return what a directory holds, in the shape of facts.json, read as the superuser."""
    with sites.started(data) as site:
        names = [
            str(name)
            for (name,) in site.ask(
                "select c.relname from pg_class c where c.relnamespace = 'app'::regnamespace "
                "and c.relkind in ('r', 'p') and not c.relispartition order by 1"
            )
        ]
        rows = {name: site.ask(f'select count(*) from app."{name}"')[0][0] for name in names}
        heads: dict[str, dict[str, str]] = {}
        for client_id, size, root in site.ask("select client_id, size, root from app.client_head order by 1, 2"):
            heads.setdefault(str(client_id), {})[str(size)] = bytes(root).hex()  # type: ignore[call-overload]
        register = {
            str(size): bytes(root).hex()  # type: ignore[call-overload]
            for size, root in site.ask("select size, root from app.register_head order by size")
        }
    return {"rows": rows, "heads": heads, "register": register}


def holds(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Look that every row, every signed head and the register of before are there."""
    differ = {name for name, count in before["rows"].items() if after["rows"].get(name) != count}
    assert differ <= GROWN, differ
    assert after["rows"]["entry"] >= before["rows"]["entry"]
    for client, heads in before["heads"].items():
        assert heads.items() <= after["heads"][client].items()
    assert before["register"].items() <= after["register"].items()


def tree(data: Path, name: str) -> dict[str, bytes]:
    return {str(path.relative_to(data)): path.read_bytes() for path in (data / name).rglob("*") if path.is_file()}


@pytest.mark.control("patching")
def test_the_release_before_is_upgraded_goes_back_and_is_upgraded_again(left: Left):
    portal = left.again("whole")
    stored = tree(portal.data, "store")

    planned = portal.run("upgrade", "--plan")
    done = portal.run("upgrade", "--yes")

    assert planned.returncode == 0, planned.stderr
    assert "migrations" in planned.stdout
    assert done.returncode == 0, done.stdout + done.stderr
    upgraded = facts_of(portal.data)
    holds(left.facts, upgraded)
    assert upgraded["rows"]["entry"] == left.facts["rows"]["entry"] + 1
    assert tree(portal.data, "store") == stored != {}

    back = portal.run("upgrade", "--back", "--yes")
    assert back.returncode == 0, back.stdout + back.stderr
    returned = facts_of(portal.data)
    assert {name: returned[name] for name in ("rows", "heads", "register")} == {
        name: left.facts[name] for name in ("rows", "heads", "register")
    }
    twice = portal.run("upgrade", "--back", "--yes")
    assert twice.returncode == 1
    assert "already" in twice.stderr

    again = portal.run("migrate")
    assert again.returncode == 0, again.stderr
    with sites.started(portal.data) as site:
        act(
            site, "folder=Work", "upload=New.txt", "read=Kept.txt"
        )  # every root is computed again when people's entries are numbered
    worked = facts_of(portal.data)
    for client, heads in left.facts["heads"].items():
        assert heads.items() <= worked["heads"][client].items()

    saved = portal.run("backup", "run")
    assert saved.returncode == 0, saved.stderr

    kept = portal.run("upgrade", "--back", "--yes")
    assert kept.returncode == 1
    assert "--losing-entries" in kept.stderr
    assert facts_of(portal.data)["rows"]["folder"] == worked["rows"]["folder"]

    losing = portal.run("upgrade", "--back", "--losing-entries", "--yes")
    assert losing.returncode == 0, losing.stderr
    assert "entries are lost" in losing.stdout
    anew = portal.run("upgrade", "--yes")
    assert anew.returncode == 0, anew.stdout + anew.stderr
    assert "before upgrade" in portal.run("backup", "list").stdout
    with sites.started(portal.data) as site:
        after = act(site, "read=Kept.txt")
        (epochs,) = site.ask("select count(*) from app.client_epoch")
    assert after["rows"]["folder"] == left.facts["rows"]["folder"]
    assert int(str(epochs[0])) >= len(left.facts["heads"])


@pytest.mark.control("patching")
def test_a_start_takes_the_same_way(left: Left):
    portal = Portal(left.again("start").folder)

    portal.start()
    said = portal.said()
    stopped = portal.stop()

    assert "A copy of the database is made" in said
    assert stopped == 0
    assert len([path for path in (portal.present.data / "before").iterdir() if path.is_dir()]) == 1
    assert facts_of(portal.present.data)["register"].items() >= left.facts["register"].items()


@pytest.mark.control("patching")
def test_what_kills_an_upgrade_at_any_moment_loses_nothing(left: Left):
    portal = left.again("killed")
    for wait in ("copying", "upgrading"):
        process = subprocess.Popen(
            portal.line("upgrade", "--yes"),
            env=portal.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        journal = portal.data / "before" / "journal.json"
        until = time.monotonic() + 120
        while process.poll() is None and time.monotonic() < until:
            if journal.exists() and f'"{wait}"' in journal.read_text():
                break
            time.sleep(0.005)
        time.sleep(0 if wait == "copying" else 3)
        assert process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        refused = portal.run("check")
        assert refused.returncode == 1
        assert "was interrupted" in refused.stderr

    done = portal.run("upgrade", "--yes")

    assert done.returncode == 0, done.stdout + done.stderr
    holds(left.facts, facts_of(portal.data))
    assert len([path for path in (portal.data / "before").iterdir() if path.is_dir()]) == 1


@pytest.mark.control("patching")
def test_an_upgrade_that_fails_puts_back_what_was_there(left: Left):
    portal = left.again("failing")
    with sites.started(portal.data) as site:  # a migration will want to make a table of this name
        site.ask("create table app.continuity_order (number int)")
    before = facts_of(portal.data)

    done = portal.run("upgrade", "--yes")

    assert done.returncode == 1
    assert "everything is as it was before" in done.stderr
    assert facts_of(portal.data) == before
    assert not (portal.data / "before" / "journal.json").exists()


def test_an_upgrade_without_room_for_a_way_back_is_not_begun(left: Left):
    place = left.folder / "full"
    place.mkdir(mode=0o755)
    with mounted(place, 220 * 2**20) as disk:
        disk.chmod(0o755)
        subprocess.run(["cp", "--archive", str(left.data), str(disk / "data")], check=True)
        portal = Left(disk, left.facts)

        done = portal.run("upgrade", "--yes")

        assert done.returncode == 1
        assert "not room enough" in done.stderr
        assert not (portal.data / "before").exists()
        assert facts_of(portal.data)["rows"] == left.facts["rows"]
