"""A sign-in on a new device is told of by mail, with a link that ends everything; a session elsewhere proves itself."""

from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from muniment.trust.identity.models import Device, EmailChange, Person, Session, SignInNotice
from muniment.trust.identity.steps import sweeping
from tests.cast import PASSWORD, PEOPLE, Portal
from tests.trust.identity.browsers import Visitor, app_code, forget_used_codes, person_id
from tests.trust.identity.mails import link, mails
from tests.trust.identity.steps.profiles import again, set_profile
from tests.trust.identity.test_countries import known, write

__all__ = ["known"]
NEW = "nine lanterns drift under ice"
PHONE = "Mozilla/5.0 (iPhone) Safari/604.1"
pytestmark = pytest.mark.control("step-up-new-device")


@pytest.mark.usefixtures("known")
def test_the_first_device_is_no_news_and_each_later_one_is_told_of(portal: Portal):
    home = Visitor().sign_in("cleo")
    again(home).sign_in("cleo")
    assert mails("cleo") == []

    Visitor(agent=PHONE).sign_in("cleo")

    ((subject, body),) = mails("cleo")
    assert subject.startswith("You signed in on a new device")
    assert "Safari on iPhone, in United Kingdom" in body
    assert "/not-me/" in body
    newest = log.entries(Actor.system(portal.okoye), LogFilter(events=(Event.SIGNED_IN,)), limit=1)[0]
    assert newest.facts["new_device"] is True


def test_this_was_not_me_ends_everything_and_starts_anew(portal: Portal):
    set_profile(portal.okoye, trusted_days=30)
    home, thief = Visitor().sign_in("cleo"), Visitor(ip="198.51.100.7", agent=PHONE).sign_in("cleo")
    mine, seen = Device.objects.filter(person_id=portal.people["cleo"]).order_by("seen_at")
    Device.objects.filter(id=mine.id).update(seen_at=clock.now() - timedelta(days=9), trusted_at=clock.now())
    Authenticator.objects.filter(user_id=mine.person_id).update(created_at=clock.now() - timedelta(days=9))
    path, reader = link("cleo", "not-me"), Visitor()

    assert reader.get(path).status_code == 200
    assert thief.is_signed_in(), "programs that read mails open links too: nothing happens before somebody says so"
    answer = reader.post(path)

    assert answer.status_code == 302
    assert not thief.is_signed_in()
    assert not home.is_signed_in()
    person = Person.objects.get(id=portal.people["cleo"])
    assert not person.has_usable_password()
    assert person.password_flagged_at is not None
    (left,) = Device.objects.filter(person_id=person.id)
    assert (left.id, left.trusted_at) == (mine.id, None), "the new one is forgotten, and no other is trusted"
    assert seen.id != left.id
    assert Authenticator.objects.filter(user_id=person.id, type="totp").exists(), "it was there long before"
    assert [e.event for e in log.entries(Actor.system(portal.okoye), LogFilter(events=(Event.SIGN_IN_DENIED,)))]
    assert thief.password(PEOPLE["cleo"][1]).status_code == 200, "the password is worth nothing"

    assert "New password" in reader.get(answer["Location"]).content.decode()
    assert reader.post(answer["Location"], {"password1": NEW}).status_code == 302
    Visitor().sign_in("cleo", password=NEW)
    assert Visitor().get(path).status_code == 404, "the link worked once"


def test_this_was_not_me_stops_a_change_of_address_too(portal: Portal):
    Visitor().sign_in("cleo")
    thief = Visitor(ip="198.51.100.7", agent=PHONE).sign_in("cleo")
    assert thief.post("/account/address/", {"email": "thief@elsewhere.example"}).status_code == 302
    assert EmailChange.objects.filter(person_id=portal.people["cleo"]).exists()

    assert Visitor().post(link("cleo", "not-me")).status_code == 302

    assert not EmailChange.objects.exists(), "a yes to the mail about it would hand the account over"


def test_the_link_works_for_seven_days_and_is_swept(portal: Portal, monkeypatch):
    Visitor().sign_in("cleo")
    Visitor().sign_in("cleo")
    path, start = link("cleo", "not-me"), clock.now()
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(days=7, minutes=1))

    assert Visitor().get(path).status_code == 404
    assert Visitor().post(path).status_code == 404
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(days=8, minutes=1))
    sweeping.sweep()
    assert not SignInNotice.objects.exists()


def test_an_invented_link_does_nothing(portal: Portal):
    Visitor().sign_in("cleo")

    assert Visitor().post(f"/not-me/{'x' * 43}/").status_code == 404
    assert Session.objects.filter(person_id=portal.people["cleo"]).exists()


def _confirm(visitor: Visitor) -> None:
    forget_used_codes(person_id("cleo"))
    answer = visitor.post("/account/confirm/?next=/account/", {"code": app_code("cleo")})
    assert answer.status_code == 302, answer.content


@pytest.mark.usefixtures("known")
def test_an_open_session_that_turns_up_in_another_country_proves_itself_again(portal: Portal, known: Path):
    cleo = Visitor().sign_in("cleo")
    assert cleo.is_signed_in()
    write(known, {"192.0.2.0/24": {"country": {"iso_code": "FR"}}})

    asked = cleo.get("/account/")
    assert asked["Location"].startswith("/account/confirm/?next=")
    assert cleo.get("/account/confirm/").status_code == 200
    _confirm(cleo)

    assert cleo.is_signed_in()
    write(known, {"192.0.2.0/24": {"country": {"iso_code": "GB"}}})
    assert not cleo.is_signed_in(), "back home it is elsewhere again"


def test_a_session_in_another_browser_proves_itself_and_on_a_train_nothing_is_asked(portal: Portal):
    cleo = Visitor().sign_in("cleo")
    cleo.browser.defaults["REMOTE_ADDR"] = "198.51.100.200"
    assert cleo.is_signed_in(), "another address of the same country"

    thief = Visitor(ip="198.51.100.7", agent=PHONE)
    thief.browser.cookies["__Host-session"] = cleo.browser.cookies["__Host-session"].value

    assert thief.get("/account/")["Location"].startswith("/account/confirm/")
    assert thief.browser.get("/account/", secure=True, headers={"hx-request": "true"}).headers["HX-Redirect"]


def test_the_account_shows_recent_sign_ins_that_worked_and_that_did_not(portal: Portal):
    cleo = Visitor().sign_in("cleo")
    stranger = Visitor(ip="198.51.100.7", agent=PHONE)
    stranger.password(PEOPLE["cleo"][1], "a-wrong-password-of-a-stranger")
    stranger.password(PEOPLE["cleo"][1], PASSWORD)
    stranger.code("000000")
    Visitor().password(PEOPLE["dan"][1], "a-wrong-password-of-a-stranger")

    shown = [(one.what, one.device) for one, _words in cleo.get("/account/").context["sign_ins"]]

    assert shown == [("code", "Safari on iPhone"), ("password", "Safari on iPhone"), ("in", "Firefox on Linux")]
    assert "Wrong password" in cleo.get("/account/").content.decode()
