"""Backups as those who administer see them: how old the newest is, the objectives, what can be asked for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from muniment.assurance.continuity.models import Backup, Order
from muniment.assurance.continuity.queries import pages
from muniment.core import clock, config
from muniment.trust.audit import queries as log
from tests.cast import Portal, signed_in
from tests.web.continuity import history
from tests.worker import as_worker


@pytest.fixture
def configured(monkeypatch):
    """Change settings for one test."""
    present = config.current()

    def change(**values):
        changed = replace(present, **values)
        monkeypatch.setattr(config, "current", lambda: changed)

    return change


def page(portal: Portal, path: str = "/backups/", who: str = "ada") -> str:
    """Return a page as somebody sees it."""
    return signed_in(portal.people[who]).get(path, secure=True).content.decode()


@pytest.mark.control("rpo-rto-defined", "rpo-rto-met")
def test_the_page_says_what_could_be_brought_back_beside_what_was_promised(portal: Portal):
    history.lay()

    shown = page(portal)

    assert "can be brought back." in shown
    assert "objective: 5 min" in shown
    assert "objective: 1 h" in shown
    assert "The database was backed up on 295 days." in shown
    assert "On 5 days it was not." in shown
    assert "1 beyond the objective" in shown
    assert "The repository does not answer" in shown
    assert "what was read back was whole" in shown


@pytest.mark.control("rpo-rto-met", "backup-encrypted")
def test_a_backup_older_than_what_may_be_lost_is_said_in_red(portal: Portal):
    history.lay(clock.now() - timedelta(minutes=20), days=3)

    shown = page(portal)

    assert "The last 20 min" in shown
    assert "are in no backup" in shown
    assert "at most 5 min may be" in shown


def test_before_the_first_backup_the_page_says_that_nothing_could_be_brought_back(portal: Portal):
    shown = page(portal)

    assert "Nothing could be brought back" in shown
    assert "everything" in shown
    assert "No backup was tried in this time." in shown


def test_a_backup_is_asked_for_once_and_the_log_says_by_whom(portal: Portal):
    browser = signed_in(portal.people["ada"])

    first = browser.post("/backups/run/", {"what": "backup"}, secure=True)
    second = browser.post("/backups/run/", {"what": "backup"}, secure=True)
    shown = browser.get("/backups/", secure=True).content.decode()

    assert (first.status_code, second.status_code) == (302, 409)
    assert [order.what for order in Order.objects.all()] == ["backup"]
    assert "Waits its turn" in shown
    assert "Asked for by Ada Harcourt" in shown
    assert 'value="backup"' not in shown
    assert 'value="check"' in shown
    (entry,) = [one for one in log.entries(portal.actor("ada"), limit=9) if one.event == "backup.ordered"]
    assert entry.person_id == portal.people["ada"]


def test_what_is_under_way_is_shown_with_its_step_and_ends_by_loading_the_page_anew(portal: Portal):
    browser = signed_in(portal.people["ada"])
    browser.post("/backups/run/", {"what": "check"}, secure=True)
    with as_worker():
        Order.objects.update(state="taken", taken_at=clock.now(), step="check", done=30, total=120)

    under_way = browser.get("/backups/progress/", secure=True, headers={"HX-Request": "true"})
    with as_worker():
        Order.objects.update(state="failed", ended_at=clock.now(), trouble="damaged")
    ended = browser.get("/backups/progress/", secure=True, headers={"HX-Request": "true"})

    assert "Reads the repository back" in under_way.content.decode()
    assert "25 %" in under_way.content.decode()
    assert 'hx-trigger="every 2s"' in under_way.content.decode()
    assert "HX-Refresh" not in under_way.headers
    assert ended.headers["HX-Refresh"] == "true"
    assert "cannot be read back" in ended.content.decode()


def test_looking_how_far_it_is_fills_no_log(portal: Portal):
    browser = signed_in(portal.people["ada"])
    browser.get("/backups/", secure=True)
    before = len(log.entries(portal.actor("ada"), limit=50))

    for _ in range(3):
        browser.get("/backups/progress/", secure=True)

    assert len(log.entries(portal.actor("ada"), limit=50)) == before


def test_nothing_is_asked_for_by_a_session_that_was_not_confirmed_lately(portal: Portal):
    browser = signed_in(portal.people["ada"])
    session = browser.session
    session["account_authentication_methods"][1]["at"] -= 3600
    session.save()

    answer = browser.post("/backups/run/", {"what": "backup"}, secure=True)

    assert answer.status_code == 302
    assert "next=" in answer.headers["Location"]
    assert not Order.objects.exists()
    assert browser.get("/backups/", secure=True).status_code == 200


@pytest.mark.parametrize("path", ["", "drills/", "bring-back/", "bring-back/new/", "recovery-sheet/"])
@pytest.mark.parametrize("name", ["ben", "cleo", "mallory"])
def test_nobody_else_finds_the_pages(portal: Portal, name: str, path: str):
    browser = signed_in(portal.people[name])

    assert browser.get(f"/backups/{path}", secure=True).status_code == 404
    assert "/backups/" not in browser.get("/", secure=True).content.decode()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"backup_repository": "none"}, "Backups are switched off"),
        ({"database_url": "postgresql://a:b@localhost/c"}, "The database server is your own"),
        ({"store": "s3"}, "Documents lie on an S3 server"),
        ({}, "on the same disk as the portal"),
        ({"backup_repository": "sftp:backup@vault.example:/muniment"}, "sftp:backup@vault.example:/muniment"),
    ],
)
def test_what_is_missing_or_somebody_elses_is_said(portal: Portal, configured, values: dict[str, str], said: str):
    configured(**values)

    assert said in page(portal)


def test_without_restic_the_page_says_what_cannot_be_done(portal: Portal, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")

    assert "restic is not installed here" in page(portal)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("rest:https://user:secret@backup.example:8000/x", "rest:https://user@backup.example:8000/x"),
        ("s3:https://s3.example.com/bucket/path", "s3:https://s3.example.com/bucket/path"),
    ],
)
def test_an_address_is_shown_without_its_password(configured, address: str, shown: str):
    configured(backup_repository=address)

    found = pages.place()

    assert found is not None
    assert found.address == shown


def test_a_day_on_which_nothing_was_due_is_no_day_without_a_backup(portal: Portal):
    from zoneinfo import ZoneInfo

    now = clock.now()
    with as_worker():
        for ago, state in ((3, "done"), (2, "failed")):
            moment = now - timedelta(days=ago)
            Backup.objects.create(kind="base", state=state, started_at=moment, ended_at=moment, moment=moment)

    days = pages.days(portal.actor("ada"), zone=ZoneInfo("UTC"))

    assert [one.state for one in days[-5:]] == ["before", "made", "failed", "none", "before"]
    assert len(days) == 364
