"""Past a delay: by the link in the mail, for one's own browser; by an administrator; and never for whoever guesses."""

import re

import pytest

from muniment.core import ids
from tests.cast import PASSWORD, signed_in
from tests.trust.identity.browsers import Visitor
from tests.trust.identity.test_limits import CLEO, DAN, WRONG, fail, later, proved

__all__ = ["later"]


def mailed():
    """Return the path of the newest link past a delay."""
    from muniment.trust.identity.models import Letter

    found = [
        re.search(r"https://[^/]+(/sign-in/let-in/\S+)", letter.message["body"]) for letter in Letter.objects.all()
    ]
    return [match[1] for match in found if match][-1]


@pytest.mark.control("login-lockout")
def test_the_link_in_the_mail_lets_its_own_browser_in_at_once(portal, events):
    fail(5)
    cleo = Visitor()
    assert cleo.password(CLEO).status_code == 429

    assert cleo.get(mailed()).status_code == 200, "programs that read mail open links too"
    assert cleo.password(CLEO).status_code == 429, "so opening it does nothing"
    assert cleo.post(mailed())["Location"] == "/sign-in/"

    assert cleo.password(CLEO).status_code == 302
    assert "session.unlocked" in events(portal.okoye)
    cookie = cleo.browser.cookies["__Host-let-in"]
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"


def test_it_lets_nobody_in_who_stands_at_the_same_place(portal):
    fail(5)
    Visitor().post(mailed())

    assert Visitor().password(CLEO).status_code == 429


def test_it_works_once(portal):
    fail(5)
    path = mailed()
    Visitor().post(path)

    assert Visitor().post(path).status_code == 404


def test_it_is_for_that_person_alone(portal):
    fail(5)
    fail(5, email=DAN)
    cleo = Visitor()
    from muniment.trust.identity.models import Letter

    (letter,) = [one for one in Letter.objects.all() if one.message["to"] == [CLEO] and "let-in" in one.message["body"]]
    (address,) = re.findall(r"https://[^/]+(/sign-in/let-in/\S+)", letter.message["body"])
    cleo.post(address)

    assert cleo.password(DAN).status_code == 429
    assert cleo.password(CLEO).status_code == 302


def test_who_was_let_in_has_five_tries_there_too(portal):
    fail(5)
    cleo = Visitor()
    cleo.post(mailed())

    answers = [cleo.password(CLEO, WRONG).status_code for _ in range(4)]

    assert answers[:3] == [200, 200, 200]
    assert answers[3] == 403, "a sum is wanted there too"


def test_a_link_that_never_was_opens_nothing_and_is_counted(portal):
    answers = [Visitor().post(f"/sign-in/let-in/{'x' * 43}/").status_code for _ in range(21)]

    assert set(answers[:20]) == {404}
    assert answers[20] == 429


@pytest.mark.control("login-lockout")
def test_an_administrator_lets_somebody_try_at_once(portal, events):
    fail(5)
    ada = signed_in(portal.people["ada"])
    people = f"/{ids.public(portal.okoye)}/people/"
    path = f"{people}{ids.public(portal.people['cleo'])}/let-in/"

    page = ada.get(people, secure=True).content.decode()
    assert "delayed" in page
    assert path in page
    assert ada.post(path, secure=True).status_code == 302

    assert "delayed" not in ada.get(people, secure=True).content.decode()
    assert proved(CLEO, PASSWORD).status_code == 302
    assert events(portal.okoye)[:3].count("session.unlocked") == 1


@pytest.mark.parametrize("who", ["dan", "mallory"])
def test_nobody_else_does(portal, who):
    fail(5)
    path = f"/{ids.public(portal.okoye)}/people/{ids.public(portal.people['cleo'])}/let-in/"

    answer = signed_in(portal.people[who]).post(path, secure=True)

    assert answer.status_code in {403, 404}
    assert Visitor().password(CLEO).status_code == 429


def test_a_manager_lets_colleagues_try_but_not_the_firms_people(portal):
    fail(5, email="ben@harcourt.example")
    path = f"/{ids.public(portal.okoye)}/people/{ids.public(portal.people['ben'])}/let-in/"

    assert signed_in(portal.people["cleo"]).post(path, secure=True).status_code in {403, 404}


def test_it_forgets_what_failed_from_everywhere_too(portal):
    from muniment.trust.identity import actions, limits
    from muniment.trust.identity.errors import TooManyTries

    for number in range(100):
        limits.begin(limits.PASSWORD, account=CLEO, ip=f"198.51.100.{number}").failed()
    with pytest.raises(TooManyTries):
        limits.begin(limits.PASSWORD, account=CLEO, ip="203.0.113.9")

    actions.lift_delays(portal.actor("ada", portal.okoye), person_id=portal.people["cleo"])

    assert limits.begin(limits.PASSWORD, account=CLEO, ip="203.0.113.9").number == 1
