"""A recovery sheet is made by a super admin, tested share by share, and counts once enough of them were tested."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from muniment.core import clock, config
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.trust.audit import queries as log
from muniment.trust.custody import actions, health, jobs, queries
from muniment.trust.custody.errors import TriedTooOften
from muniment.trust.vault.errors import KeyBackupAway, ShareOfAnother, ShareUnreadable, SheetNumbers
from muniment.trust.vault.keys import locks
from muniment.trust.vault.recovery import backup
from tests.cast import Portal
from tests.worker import as_worker

pytestmark = pytest.mark.control("backup-encrypted")


@pytest.fixture
def place(tmp_path: Path, monkeypatch) -> Path:
    """Put the key backup where no other test looks."""
    present = replace(config.current(), key_backup=tmp_path / "elsewhere")
    monkeypatch.setattr(config, "current", lambda: present)
    return tmp_path / "elsewhere" / backup.NAME


def test_its_shares_open_the_key_backup_and_the_portal_keeps_no_word_of_them(portal: Portal, place: Path):
    made = actions.make_sheet(portal.actor("ada"), people=3, needed=2)

    assert len(made.shares) == len({*made.shares}) == 3
    found = backup.open_(place.read_bytes(), [made.shares[2], made.shares[0]])
    assert found["locks"] == config.current().locks.read_bytes()
    for number in (1, 2, 3):
        text = actions.sheet_text(made, number)
        assert all(word in text for word in made.shares[number - 1].split())
        assert f"share {number} of 3" in text
        assert actions.sheet_page(made, number).startswith(b"%PDF-")
    assert len(PdfDocument(actions.sheet_pages(made))) == 3
    (facts,) = queries.recovery(portal.actor("ada")).sheets
    assert (facts.people, facts.needed, facts.state, facts.tested) == (3, 2, "new", ())


def test_a_new_sheet_counts_once_enough_shares_were_tested_and_the_one_before_opens_until_then(
    portal: Portal, place: Path
):
    ada = portal.actor("ada")
    first = actions.make_sheet(ada, people=1, needed=1)
    assert actions.test_share(ada, words=first.shares[0]).needed_more == 0
    second = actions.make_sheet(ada, people=3, needed=2)
    assert actions.test_share(ada, words=second.shares[1]).needed_more == 1
    assert actions.test_share(ada, words=second.shares[1].upper()).needed_more == 1  # the same one again
    assert backup.open_(place.read_bytes(), [first.shares[0]])
    assert backup.open_(place.read_bytes(), [*second.shares])

    assert actions.test_share(ada, words=second.shares[2]).needed_more == 0

    states = {sheet.people: (sheet.state, sheet.tested) for sheet in queries.recovery(ada).sheets}
    assert states == {1: ("replaced", (1,)), 3: ("current", (2, 3))}
    with pytest.raises(ShareOfAnother):
        backup.open_(place.read_bytes(), [first.shares[0]])
    with pytest.raises(ShareOfAnother):
        actions.test_share(ada, words=first.shares[0])
    assert backup.open_(place.read_bytes(), [*second.shares])


def test_a_test_that_fails_says_why_is_in_the_log_without_a_word_and_is_limited(portal: Portal, place: Path):
    ada = portal.actor("ada")
    made = actions.make_sheet(ada, people=3, needed=2)
    misread = made.shares[0].split()[::-1]

    with pytest.raises(ShareUnreadable):
        actions.test_share(ada, words=" ".join(misread))
    actions.test_share(ada, words=made.shares[0])
    for _ in range(18):
        with pytest.raises(ShareUnreadable):
            actions.test_share(ada, words="too few")
    with pytest.raises(TriedTooOften):
        actions.test_share(ada, words=made.shares[0])

    entries = log.entries(Actor.system(portal.firm_id), limit=60)
    told = [entry for entry in entries if entry.event == "share.tested"]
    assert [entry.facts["number"] for entry in told if entry.allowed] == [1]
    assert not any(word in str(entry.facts) for entry in entries for word in (misread[0], misread[5]) if len(word) > 5)


def test_only_a_super_admin_makes_one_and_only_admins_test(portal: Portal, place: Path):
    for name in ("ben", "cleo", "mallory"):
        with pytest.raises(NotFound):
            actions.make_sheet(portal.actor(name), people=3, needed=2)
        with pytest.raises(NotFound):
            actions.test_share(portal.actor(name), words="anything")
        with pytest.raises(NotFound):
            queries.recovery(portal.actor(name))
    with pytest.raises(NotFound):
        actions.make_sheet(portal.actor("ada").within(portal.okoye), people=3, needed=2)
    with pytest.raises(SheetNumbers):
        actions.make_sheet(portal.actor("ada"), people=3, needed=1)
    assert not place.exists()


def test_while_the_key_backup_cannot_be_written_no_sheet_is_made(portal: Portal, place: Path):
    place.parent.write_bytes(b"a file where the directory should be")

    with pytest.raises(KeyBackupAway):
        actions.make_sheet(portal.actor("ada"), people=3, needed=2)

    assert queries.recovery(portal.actor("ada")).sheets == []


def test_without_a_sheet_health_is_red_after_a_week_and_at_once_where_keys_had_no_locks_before(
    portal: Portal, place: Path, monkeypatch
):
    file = place.parent.with_name("locks")
    present = replace(config.current(), key_locks=file)
    monkeypatch.setattr(config, "current", lambda: present)
    locks.create(file)
    began_at, passed = locks.book().began_at, timedelta(0)
    monkeypatch.setattr(clock, "now", lambda: began_at + passed)

    def states() -> set[str]:
        return {line.state for line in health.key_backup()}

    passed = timedelta(days=6)
    assert states() == {"notice"}
    passed = timedelta(days=8)
    assert states() == {"bad"}
    passed = timedelta(hours=1)
    locks.note(late_at=clock.now(), is_complete=True)
    assert states() == {"bad"}
    assert any("Copies of keys/" in line.todo for line in health.key_backup())


def test_health_says_what_is_missing_and_the_worker_brings_the_backup_up_to_date(portal: Portal, place: Path):
    assert any("no recovery sheet" in line.sentence for line in health.key_backup())
    made = actions.make_sheet(portal.actor("ada"), people=2, needed=2)
    assert any("counts once 2" in line.sentence for line in health.key_backup())
    for share in made.shares:
        actions.test_share(portal.actor("ada"), words=share)
    assert [line.state for line in health.key_backup()] == ["good"]

    place.write_bytes(b"{}\n")
    assert [line.state for line in health.key_backup()][:1] == ["bad"]
    with as_worker():
        jobs.keep_keys(0)

    assert [line.state for line in health.key_backup()] == ["good"]
    assert backup.open_(place.read_bytes(), list(made.shares))
