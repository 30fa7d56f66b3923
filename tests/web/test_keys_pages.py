"""Keys and their destruction as those who administer see them; nobody else does."""

from dataclasses import replace

import pytest

from muniment.core import clock, ids
from muniment.trust.audit import queries as log
from muniment.trust.custody import actions
from muniment.trust.vault import actions as vault
from muniment.trust.vault.models import InstallationKey
from tests.cast import Portal, signed_in
from tests.guarantees.things import lay
from tests.worker import as_worker


@pytest.mark.control("buyer-encryption")
def test_an_admin_sees_every_key_and_begins_a_rotation(portal: Portal):
    browser = signed_in(portal.people["ada"])

    page = browser.get("/keys/", secure=True).content.decode()
    answer = browser.post("/keys/turn/", {"what": "people"}, secure=True)
    after = browser.get("/keys/", secure=True).content.decode()

    for words in ("root key", "keys of clients", "people key", "signing key", "AES-256-GCM", "turns after 365 days"):
        assert words in page
    assert next(iter(vault.public_keys().values())) in page
    assert "overdue" not in page
    assert answer.status_code == 302
    assert "A rotation is under way" in after
    events = [entry.event for entry in log.entries(replace(portal.actor("ada"), kind="system"), limit=5)]
    assert "keys.turning" in events


@pytest.mark.control("buyer-encryption")
def test_a_key_that_is_too_old_is_a_warning(portal: Portal, monkeypatch):
    from datetime import timedelta

    from muniment.operations import checks

    with as_worker():
        InstallationKey.objects.filter(purpose="people").update(created_at=clock.now() - timedelta(days=366))

    page = signed_in(portal.people["ada"]).get("/keys/", secure=True).content.decode()

    assert "overdue" in page
    assert "muniment keys rotate people" in page
    assert any("rotate people" in warning for warning in checks.notes())


def test_a_destruction_is_asked_for_approved_and_taken_back_by_page(portal: Portal):
    things = lay(portal)
    second = signed_in(things.in_role("admin"))
    first = signed_in(portal.people["ada"])
    values = {"subject": ids.public(portal.brandt), "reason": "The contract ended"}

    asked = first.post("/destruction/new/?kind=client", values, secure=True)
    mine, theirs = (browser.get("/destruction/", secure=True).content.decode() for browser in (first, second))
    (path,) = {part.split('"')[0] for part in theirs.split('action="') if "/approve/" in part[:60]}
    own = first.post(path, secure=True)
    approved = second.post(path, secure=True)
    waiting = first.get("/destruction/", secure=True).content.decode()
    back = first.post(path.replace("approve", "take-back"), secure=True)

    assert (asked.status_code, own.status_code, approved.status_code, back.status_code) == (302, 403, 302, 302)
    assert "/approve/" not in mine
    assert "Waits for its time" in waiting
    assert "Taken back" in first.get("/destruction/", secure=True).content.decode()
    assert first.get(path.replace("approve/", "certificate.pdf"), secure=True).status_code == 409


def test_a_hold_is_placed_and_lifted_by_page(portal: Portal):
    browser = signed_in(portal.people["ada"])
    path = f"/{ids.public(portal.okoye)}/holds/"

    placed = browser.post(path, {"reason": "A court asked for it"}, secure=True)
    page = browser.get(path, secure=True).content.decode()
    (lift,) = {part.split('"')[0] for part in page.split('action="') if "/lift/" in part[:80]}
    lifted = browser.post(lift, secure=True)

    assert (placed.status_code, lifted.status_code) == (302, 302)
    assert "A court asked for it" in page
    assert "Nothing of this client is under a hold" in browser.get(path, secure=True).content.decode()


@pytest.mark.parametrize("name", ["ben", "cleo", "mallory"])
@pytest.mark.parametrize("path", ["/keys/", "/destruction/", "/destruction/new/"])
def test_nobody_else_sees_them(portal: Portal, name: str, path: str):
    browser = signed_in(portal.people[name])

    assert browser.get(path, secure=True).status_code == 404
    assert "/keys/" not in browser.get("/", secure=True).content.decode()


def test_the_wait_is_a_setting(portal: Portal, monkeypatch):
    from muniment.core import config

    things = lay(portal)
    other = replace(portal.actor("ada"), person_id=things.in_role("admin"))
    present = replace(config.current(), destruction_wait_days=30)
    monkeypatch.setattr(config, "current", lambda: present)
    asked = actions.ask_destruction(
        portal.actor("ada"), kind="client", subject_id=portal.brandt, reason="The contract ended"
    )

    approved = actions.approve_destruction(other, destruction_id=asked.id)

    assert approved.due_at is not None
    assert (approved.due_at - clock.now()).days == 29
