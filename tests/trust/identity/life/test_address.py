"""Another address to sign in with: only once the old mailbox and the new one both said yes."""

import re

import pytest

from muniment.core import ids
from muniment.trust.identity.life.models import EmailChange
from muniment.trust.identity.models import Letter, Person
from tests.trust.identity.browsers import Visitor, person_with

OLD, NEW = "cleo@okoye.example", "cleo@new-home.example"


def ask(browser: Visitor, email: str = NEW):
    return browser.post("/account/address/", {"email": email})


def letters(address: str) -> list[str]:
    rows = Letter.objects.order_by("-id")
    return [row.message["body"] for row in rows if row.message["to"] == [address]]


def link(address: str) -> str:
    for body in letters(address):
        found = re.search(r"https://[^/\s]+(/account/address/\S+)", body)
        if found:
            return found[1]
    raise AssertionError(f"no link to {address}")


def address_of(portal) -> str:
    return Person.objects.get(id=portal.people["cleo"]).email


def test_both_mailboxes_say_yes_then_the_sign_in_has_another_name(portal, events):
    cleo, anywhere = Visitor().sign_in("cleo"), Visitor(ip="198.51.100.7")
    assert ask(cleo).status_code == 302

    assert b"Yes, that is me" in anywhere.get(link(OLD)).content
    assert b"One mailbox said yes" in anywhere.post(link(OLD), {"confirm": "yes"}).content
    assert address_of(portal) == OLD
    assert b"Your address is changed" in anywhere.post(link(NEW), {"confirm": "yes"}).content

    assert address_of(portal) == NEW
    assert person_with(NEW) == portal.people["cleo"]
    assert Visitor().password(OLD).status_code == 200
    assert Visitor().password(NEW).status_code == 302
    assert not cleo.is_signed_in()
    about_it = [event for event in events(portal.okoye) if event.startswith("email")]
    assert about_it == ["email.changed", *["email-change.confirmed"] * 2, "email-change.asked"]
    assert any("you sign in with" in body for body in letters(OLD))
    assert any("you sign in with" in body for body in letters(NEW))


def test_one_mailbox_alone_changes_nothing_however_often_it_says_yes(portal):
    ask(Visitor().sign_in("cleo"))
    for _ in range(2):
        Visitor().post(link(NEW), {"confirm": "yes"})

    assert address_of(portal) == OLD


def test_looking_at_a_link_uses_nothing_up(portal):
    ask(Visitor().sign_in("cleo"))
    for _ in range(3):
        assert Visitor().get(link(OLD)).status_code == 200

    assert EmailChange.objects.get().old_confirmed_at is None


def test_the_old_mailbox_can_stop_it(portal, events):
    ask(Visitor().sign_in("cleo"))
    both = link(OLD), link(NEW)

    assert b"The change is stopped" in Visitor().post(both[0], {"stop": "yes"}).content

    assert [Visitor().get(one).status_code for one in both] == [404, 404]
    assert "email-change.withdrawn" in events(portal.okoye)


def test_the_session_that_confirms_goes_on_and_every_other_ends(portal):
    here, there = Visitor().sign_in("cleo"), Visitor().sign_in("cleo")
    ask(here)

    here.post(link(OLD), {"confirm": "yes"})
    here.post(link(NEW), {"confirm": "yes"})

    assert here.is_signed_in()
    assert not there.is_signed_in()


def test_links_are_over_after_a_day(portal, wait):
    ask(Visitor().sign_in("cleo"))
    one, other = link(OLD), link(NEW)
    Visitor().post(one, {"confirm": "yes"})
    wait(1.01)

    assert Visitor().post(other, {"confirm": "yes"}).status_code == 404
    assert address_of(portal) == OLD


def test_links_left_over_are_swept(portal, wait):
    from muniment.trust.identity.jobs import sweep_sessions

    ask(Visitor().sign_in("cleo"))
    wait(2.1)
    sweep_sessions.func(timestamp=0)

    assert not EmailChange.objects.exists()


def test_a_new_wish_replaces_the_old_one(portal):
    cleo = Visitor().sign_in("cleo")
    ask(cleo)
    old = link(NEW)
    ask(cleo, "cleo@elsewhere.example")

    assert Visitor().get(old).status_code == 404
    assert EmailChange.objects.count() == 1


def test_an_address_of_somebody_else_is_answered_alike_and_its_owner_told(portal):
    cleo = Visitor().sign_in("cleo")
    free, taken = ask(cleo), ask(cleo, "mallory@brandt.example")

    assert (free.status_code, free["Location"]) == (taken.status_code, taken["Location"])
    assert "/account/address/" not in letters("mallory@brandt.example")[0]
    Visitor().post(link(OLD), {"confirm": "yes"})
    assert address_of(portal) == OLD
    assert person_with("mallory@brandt.example") == portal.people["mallory"]


def test_an_address_that_is_taken_meanwhile_is_not_taken_again(portal):
    ask(Visitor().sign_in("cleo"))
    Visitor().post(link(OLD), {"confirm": "yes"})
    Person.objects.filter(id=portal.people["mallory"]).update(email=NEW)

    assert Visitor().post(link(NEW), {"confirm": "yes"}).status_code == 404
    assert address_of(portal) == OLD


@pytest.mark.parametrize("email", [OLD, OLD.upper(), "not an address", ""])
def test_what_is_no_new_address_is_said(portal, email):
    assert ask(Visitor().sign_in("cleo"), email).status_code == 422
    assert not EmailChange.objects.exists()


def test_a_wrong_secret_and_somebody_elses_change_are_not_there(portal):
    ask(Visitor().sign_in("cleo"))
    change = EmailChange.objects.get()

    assert Visitor().get(f"/account/address/{ids.public(change.id)}/{'x' * 43}/").status_code == 404
    assert Visitor().get(f"/account/address/{ids.public(ids.new())}/{link(OLD).split('/')[-2]}/").status_code == 404


def test_wishes_are_limited(portal):
    cleo = Visitor().sign_in("cleo")
    answers = [ask(cleo, f"cleo{number}@new-home.example").status_code for number in range(5)]

    assert 429 in answers


def test_who_is_shut_out_meanwhile_changes_nothing(portal):
    from muniment.trust.identity import actions

    ask(Visitor().sign_in("cleo"))
    Visitor().post(link(OLD), {"confirm": "yes"})
    actions.disable_person(portal.actor("ada"), person_id=portal.people["cleo"])

    assert Visitor().post(link(NEW), {"confirm": "yes"}).status_code == 404


def test_neither_address_nor_secret_is_kept_in_the_clear(portal):
    from django.db import connection

    ask(Visitor().sign_in("cleo"))
    with connection.cursor() as cursor:
        cursor.execute("select c::text from email_change c")
        (kept,) = cursor.fetchone()

    assert "new-home" not in kept
    assert link(NEW).split("/")[-2] not in kept


def test_an_address_that_is_taken_in_that_very_moment_is_not_taken_again(portal, monkeypatch):
    from muniment.trust.identity import queries

    ask(Visitor().sign_in("cleo"))
    Visitor().post(link(OLD), {"confirm": "yes"})
    Person.objects.filter(id=portal.people["mallory"]).update(email=NEW)
    monkeypatch.setattr(queries, "find_person", lambda _email: None)  # it was free when it was looked at

    assert Visitor().post(link(NEW), {"confirm": "yes"}).status_code == 404
    monkeypatch.undo()
    assert address_of(portal) == OLD


@pytest.mark.control("sso-delegation")
def test_nobody_takes_their_sign_in_out_of_the_organisation_that_says_who_they_are(portal, monkeypatch):
    from muniment.trust.identity import delegation

    cleo = Visitor().sign_in("cleo")

    def asked(email: str) -> delegation.Elsewhere | None:
        theirs = delegation.Elsewhere("/sign-in/with/okoye/", "Okoye", is_enforced=True)
        return theirs if email.endswith("@okoye.example") else None

    monkeypatch.setattr(delegation, "_asked", [asked])
    answer = ask(cleo, "cleo@private.example")

    assert answer.status_code == 422
    assert not EmailChange.objects.exists()
