"""What somebody reaches who is signed in and shut off from the rest, and that being shut off is written down."""

import re

import pytest

from muniment.core import clock
from muniment.trust.identity import delegation
from muniment.trust.identity.delegation import Elsewhere
from muniment.trust.identity.models import Person, Recovery
from tests.cast import PASSWORD, PEOPLE, Portal
from tests.trust.identity.browsers import Visitor
from tests.trust.identity.mails import link, mails
from tests.trust.identity.steps.profiles import code, drop_factors, set_profile

PHONE = "Mozilla/5.0 (iPhone) Safari/604.1"


@pytest.fixture
def flagged(portal: Portal) -> Visitor:
    """Return the browser of Cleo, whose password somebody else knows."""
    cleo = Visitor().sign_in("cleo")
    Person.objects.filter(id=portal.people["cleo"]).update(password_flagged_at=clock.now())
    assert cleo.get("/account/")["Location"] == "/account/password/"
    return cleo


@pytest.mark.control("sso-providers")
def test_whom_their_organisation_alone_signs_in_is_not_sent_to_a_password_they_cannot_have(
    flagged: Visitor, monkeypatch: pytest.MonkeyPatch
):
    service = Elsewhere("/sign-in/", "Okoye Holdings Ltd", is_enforced=True)
    monkeypatch.setattr(delegation, "_asked", [lambda _email: service])

    assert flagged.get("/account/").status_code == 200


def test_a_link_from_a_mail_opens_in_the_browser_that_is_signed_in_too(flagged: Visitor):
    Visitor(ip="198.51.100.7").post("/account/password/reset/", {"email": PEOPLE["cleo"][1]})

    page = flagged.get(link("cleo", "/password/reset/"))

    assert page.status_code == 200
    assert "New password" in page.content.decode()


@pytest.mark.control("step-up-new-device")
def test_a_session_that_ends_because_it_turned_up_elsewhere_is_in_the_log(portal: Portal, events):
    set_profile(portal.okoye, mfa_mode="optional")
    drop_factors("cleo")
    cleo = Visitor()
    cleo.password(PEOPLE["cleo"][1])
    thief = Visitor(ip="198.51.100.7", agent=PHONE)
    thief.browser.cookies["__Host-session"] = cleo.browser.cookies["__Host-session"].value

    assert thief.get("/account/")["Location"].startswith("/sign-in/")

    assert events(portal.okoye)[0] == "session.ended"
    assert not cleo.is_signed_in()


@pytest.mark.control("session-kill-on-pw-change")
def test_who_is_half_way_in_with_a_password_that_was_changed_begins_again(portal: Portal):
    thief = Visitor(ip="198.51.100.7", agent=PHONE)
    thief.password(PEOPLE["cleo"][1])
    assert thief.get("/sign-in/lost/").status_code == 200
    home = Visitor().sign_in("cleo")
    new = {"oldpassword": PASSWORD, "password1": "nine lanterns drift under ice"}
    assert home.post("/account/password/", new).status_code == 302

    assert code(thief, "cleo")["Location"] == "/sign-in/"
    assert not thief.is_signed_in()
    thief.password(PEOPLE["dan"][1])
    Person.objects.filter(id=portal.people["dan"]).update(credentials_changed_at=clock.now())

    assert thief.post("/sign-in/lost/", {"ask": "1"})["Location"] == "/sign-in/"
    assert not Recovery.objects.exists()


@pytest.mark.control("session-kill-on-pw-change", "code-email-mobile")
def test_a_mailed_code_goes_with_the_password_that_it_was_mailed_for(portal: Portal):
    set_profile(portal.okoye, mfa_mode="new-device", email_code="clients-only")
    drop_factors("cleo")
    thief = Visitor(ip="198.51.100.7", agent=PHONE)
    thief.password(PEOPLE["cleo"][1])
    found = re.search(r"Your code: (\d+)\n", mails("cleo")[0][1])
    assert found
    Person.objects.filter(id=portal.people["cleo"]).update(credentials_changed_at=clock.now())

    assert thief.post("/sign-in/mailed-code/", {"code": found[1]})["Location"] == "/sign-in/"
    assert not thief.is_signed_in()
