"""Letters about a log: a week with its head, a month's receipts, receipts as they are earned; each once."""

import base64
import json
from datetime import timedelta

import pytest

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.trust.audit import queries as log
from muniment.trust.disclosure import actions, jobs, queries
from muniment.trust.disclosure.errors import NothingToTell
from muniment.trust.identity.models import Letter
from muniment_verify.notes import parse_checkpoint, parse_note, parse_vkey, verify_note
from tests.cast import signed_in
from tests.guarantees.things import lay
from tests.trust.audit.numbered import number


@pytest.fixture
def system(portal):
    """Give the portal itself at work for Okoye, where things happened that stand in the tree."""
    lay(portal)
    number()
    Letter.objects.all().delete()
    return Actor.system(portal.okoye, purpose="Tests")


def _mails():
    return [row.message for row in Letter.objects.order_by("id")]


def test_the_weekly_letter_tells_managers_how_much_happened_and_brings_the_signed_head(system):
    until = clock.now()

    assert actions.write_weekly_letter(system, until=until) == 1

    (mail,) = _mails()
    (attached,) = mail["attachments"]
    note = parse_note(base64.b64decode(attached["data"]).decode())
    assert mail["to"] == ["cleo@okoye.example"]
    assert verify_note(note, [parse_vkey(key) for key in log.log_keys(system.client)])
    assert parse_checkpoint(note.text).size == log.size(system.client)
    assert note.text in mail["body"]
    assert "Lease" not in mail["body"]
    assert attached["name"].endswith(".checkpoint")


def test_each_week_is_told_once(system):
    until = clock.now()
    actions.write_weekly_letter(system, until=until)

    assert not queries.is_weekly_due(system, until)
    with pytest.raises(NothingToTell):
        actions.write_weekly_letter(system, until=until)

    assert queries.is_weekly_due(system, until + timedelta(days=7))
    assert len(_mails()) == 1


def test_a_month_with_receipts_is_announced_once_with_where_to_take_them(system):
    month = clock.now().date().replace(day=1)

    actions.write_month_letter(system, month=month)

    (mail,) = _mails()
    assert f"/receipts/?month={month:%Y-%m}" in mail["body"]
    assert not queries.is_month_due(system, month)


def test_a_month_without_any_is_not_announced(system, portal):
    brandt = Actor.system(portal.brandt)

    assert not queries.is_month_due(brandt, clock.now().date().replace(day=1))


def test_who_switched_letters_off_gets_none(system, portal):
    actions.set_letters(portal.actor("cleo"), weekly=False, receipts=False)

    assert not queries.is_weekly_due(system, clock.now())
    assert not queries.is_month_due(system, clock.now().date().replace(day=1))


def test_receipts_come_by_themselves_to_who_earned_them_from_then_on(system, portal):
    from muniment.portal.documents import actions as documents
    from muniment.trust.access import actions as access

    cleo, dan, ben = (portal.actor(name) for name in ("cleo", "dan", "ben"))
    actions.set_letters(cleo, weekly=True, receipts=True)
    assert not queries.has_receipts_to_send(system)  # what was before is not sent
    document_id = next(earned.object_id for earned in queries.earned(cleo) if earned.event == "document.shared")
    assert document_id is not None
    access.give_grant(cleo, person_id=dan.person_id, role="downloader", purpose="Tests")
    for actor in (dan, ben):
        documents.download_document(actor, document_id=document_id)
    assert not queries.has_receipts_to_send(system)  # not numbered yet
    number()

    assert actions.send_receipts(system) == 1  # Ben of the firm gets none of this client's

    (mail,) = _mails()
    receipt = json.loads(base64.b64decode(mail["attachments"][0]["data"]))
    assert mail["to"] == ["dan@okoye.example"]
    assert json.loads(receipt["entry"]["core"]["text"])["event"] == "document.downloaded"
    assert not queries.has_receipts_to_send(system)


def test_without_that_choice_no_receipt_is_sent(system):
    assert not queries.has_receipts_to_send(system)
    with pytest.raises(NothingToTell):
        actions.send_receipts(system)


@pytest.mark.control("tenant-isolation")
@pytest.mark.parametrize("who", ["dan", "mallory"])
def test_nobody_else_chooses(portal, system, who):
    with pytest.raises(NotFound):
        actions.set_letters(portal.actor(who, portal.okoye), weekly=False, receipts=False)


def test_the_jobs_write_what_is_due_once(system, monkeypatch):
    jobs.write_letters(0)
    before = len(_mails())  # nothing happened in the week before this one
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=7))
    jobs.write_letters(0)
    jobs.write_letters(0)
    jobs.send_receipts(0)

    weekly = [mail for mail in _mails() if mail["subject"].startswith("The week")]
    assert before == 0
    assert sorted(mail["to"] for mail in weekly) == [["cleo@okoye.example"], ["mallory@brandt.example"]]


def test_a_refusal_for_one_client_stops_no_others_letters(system, monkeypatch):
    from muniment.trust.disclosure.actions import letters

    real, write = clock.now, letters._write

    def refuse_okoye(actor, *values):
        if actor.client_id == system.client_id:
            raise NothingToTell
        return write(actor, *values)

    monkeypatch.setattr(letters, "_write", refuse_okoye)
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=7))

    jobs.write_letters(0)

    assert {mail["to"][0] for mail in _mails()} == {"mallory@brandt.example"}


def test_a_manager_chooses_on_a_page(portal, system):
    from muniment.core import ids

    browser, address = signed_in(portal.people["cleo"]), f"/{ids.public(portal.okoye)}/receipts/letters/"
    before = browser.get(address, secure=True)
    browser.post(address, {"receipts": "on"}, secure=True)

    chosen = queries.letters_of(portal.actor("cleo"))
    assert before.status_code == 200
    assert (chosen.weekly, chosen.receipts, chosen.set_by) == (False, True, portal.people["cleo"])
    assert signed_in(portal.people["dan"]).get(address, secure=True).status_code == 404
