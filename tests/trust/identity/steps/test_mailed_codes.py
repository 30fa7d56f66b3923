"""A code by mail: off unless every client of a person allows it, and weak, which is said."""

import re
from datetime import timedelta
from typing import Any

import pytest

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from muniment.trust.identity.actions.delays import lift_delays
from muniment.trust.identity.models import Lockout
from tests.cast import PEOPLE, Portal
from tests.trust.identity.browsers import Visitor
from tests.trust.identity.mails import mails
from tests.trust.identity.proof import asked, solved
from tests.trust.identity.steps.profiles import again, drop_factors, set_profile

CLEO = PEOPLE["cleo"][1]
PAGE = "/sign-in/mailed-code/"
SUM = "so your browser does a short sum first"
pytestmark = pytest.mark.control("code-email-mobile")


@pytest.fixture
def cleo(portal: Portal) -> Visitor:
    """Return the browser of Cleo, who has no factor and whose client allows codes by mail; the password is proved."""
    set_profile(portal.okoye, mfa_mode="new-device", email_code="clients-only")
    drop_factors("cleo")
    browser = Visitor()
    assert browser.password(CLEO)["Location"] == PAGE
    return browser


def mailed() -> str:
    """Return the newest code."""
    found = re.search(r"Your code: (\d+)\n", mails("cleo")[0][1])
    assert found
    return found[1]


def test_the_code_lets_in_once_and_the_log_says_how(portal: Portal, cleo: Visitor):
    code = mailed()
    assert len(code) == 8
    assert not cleo.is_signed_in()

    assert cleo.post(PAGE, {"code": f"{code[:4]} {code[4:]}"}).status_code == 302

    assert cleo.is_signed_in()
    assert cleo.get(f"/{ids.public(portal.okoye)}/people/").status_code == 200
    newest = log.entries(Actor.system(portal.okoye), LogFilter(events=(Event.PAGE_OPENED,)), limit=1)[0]
    assert newest.factors == ("password", "email_code")
    assert newest.device_known is False, "nothing that asks for a known device takes a mailbox for one"
    assert log.entries(Actor.system(portal.okoye), LogFilter(events=(Event.CODE_MAILED,)))


def test_it_is_said_that_it_is_weak(cleo: Visitor):
    page = cleo.get(PAGE).content.decode()

    assert "protects you only a little" in page


def test_it_works_in_the_browser_alone_that_asked(cleo: Visitor):
    code, other = mailed(), Visitor(ip="198.51.100.7")
    other.password(CLEO)

    assert other.post(PAGE, {"code": code}).status_code == 422
    assert cleo.post(PAGE, {"code": code}).status_code == 302


def test_it_is_used_up(portal: Portal, cleo: Visitor):
    code = mailed()
    cleo.post(PAGE, {"code": code})
    set_profile(portal.okoye, mfa_mode="required", email_code="clients-only")
    again(cleo).password(CLEO)

    assert cleo.post(PAGE, {"code": code}).status_code == 422


def test_after_ten_minutes_it_is_worth_nothing(cleo: Visitor, monkeypatch):
    code, start = mailed(), clock.now()
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(minutes=10, seconds=1))

    assert cleo.post(PAGE, {"code": code}).status_code == 422
    assert "no code that works" in cleo.get(PAGE).content.decode()


def test_after_five_wrong_tries_the_right_one_is_refused_too(cleo: Visitor):
    code = mailed()
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    for _ in range(5):
        assert _tried(cleo, wrong).status_code == 422

    assert cleo.post(PAGE, {"code": code}).status_code == 422
    assert not cleo.is_signed_in()


def _tried(cleo: Visitor, code: str) -> Any:
    """Give a code, with the sum done that the page asks for after some failures."""
    answer = cleo.post(PAGE, {"code": code})
    return cleo.post(PAGE, {"code": code, **solved(answer)}) if SUM in answer.content.decode() else answer


@pytest.mark.control("captcha")
def test_after_three_wrong_tries_the_right_one_costs_a_sum(cleo: Visitor):
    code = mailed()
    answers = [cleo.post(PAGE, {"code": f"{(int(code) + 1) % 10**8:08d}"}) for _ in range(3)]
    assert asked(answers[-1]), "the page has it before it is needed"

    refused = cleo.post(PAGE, {"code": code})

    assert SUM in refused.content.decode()
    assert not cleo.is_signed_in()
    assert cleo.post(PAGE, {"code": code, **solved(refused)}).status_code == 302
    assert cleo.is_signed_in()


@pytest.mark.control("login-lockout")
def test_an_administrator_lifts_the_delays_of_codes_too(portal: Portal, cleo: Visitor):
    for _ in range(8):
        cleo.post(PAGE, {"send": "1"})
    for _ in range(5):
        _tried(cleo, "00000000")
    assert len(Lockout.objects.filter(person_id=portal.people["cleo"])) == 2

    assert lift_delays(portal.actor("ada", portal.okoye), person_id=portal.people["cleo"]) == 2


def test_a_new_code_makes_the_old_one_worthless_and_there_is_a_limit(cleo: Visitor):
    first = mailed()
    assert cleo.post(PAGE, {"send": "1"}).status_code == 302
    assert mailed() != first
    assert cleo.post(PAGE, {"code": first}).status_code == 422
    for _ in range(8):
        cleo.post(PAGE, {"send": "1"})

    assert len([subject for subject, _ in mails("cleo") if "code" in subject]) <= 5


def test_switched_off_there_is_no_way_to_a_code(portal: Portal):
    drop_factors("cleo")
    browser = Visitor()
    browser.password(CLEO)

    assert browser.get(PAGE).status_code == 302
    assert browser.post(PAGE, {"send": "1"}).status_code == 302
    assert mails("cleo") == []
    assert browser.get("/account/")["Location"] == "/account/factor/"


def test_who_has_a_better_factor_is_never_mailed_one(portal: Portal):
    set_profile(portal.okoye, email_code="clients-only")
    browser = Visitor()

    assert browser.password(CLEO)["Location"] == "/sign-in/code/"
    assert browser.get(PAGE).status_code == 302
    assert mails("cleo") == []


def test_staff_are_never_mailed_one(portal: Portal):
    for client_id in (portal.firm_id, portal.okoye):
        set_profile(client_id, email_code="clients-only", mfa_mode="optional")
    drop_factors("ben")
    ben = Visitor()
    ben.password(PEOPLE["ben"][1])

    assert ben.get("/account/")["Location"] == "/account/factor/"
    assert mails("ben") == []


def test_on_a_device_where_one_was_given_it_is_not_asked_again_but_where_it_is_required(portal: Portal, cleo: Visitor):
    cleo.post(PAGE, {"code": mailed()})

    again(cleo).password(CLEO)
    assert cleo.is_signed_in()
    assert Visitor().password(CLEO)["Location"] == PAGE

    set_profile(portal.okoye, mfa_mode="required", email_code="clients-only")
    assert not cleo.is_signed_in()


def test_switching_it_off_ends_what_rests_on_it(portal: Portal, cleo: Visitor):
    cleo.post(PAGE, {"code": mailed()})
    assert cleo.is_signed_in()

    set_profile(portal.okoye, mfa_mode="new-device")

    assert not cleo.is_signed_in()


def test_the_code_is_nowhere_in_the_database_but_in_the_sealed_mail(cleo: Visitor):
    from django.db import connection

    code = mailed()
    with connection.cursor() as cursor:
        cursor.execute(
            "select (select string_agg(s::text || encode(s.data, 'escape'), '') from session s)"
            " || (select string_agg(l::text || encode(l.message, 'escape'), '') from letter l)"
        )
        assert code not in cursor.fetchone()[0]
