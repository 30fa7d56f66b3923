"""How long sessions last: as the strictest of a person's clients wants it, and never kept alive by a page itself."""

from datetime import timedelta
from typing import Any

import pytest

from muniment.core import clock, config
from muniment.core.actor import Actor
from muniment.core.config import safety
from muniment.core.unit import acting_as
from muniment.trust.access import actions as access
from muniment.trust.access.conditions.reading import read_kept
from muniment.trust.access.errors import ProfileInvalid
from muniment.trust.access.models import Grant
from muniment.trust.access.types import Profile, Side
from muniment.trust.clients import actions as clients
from muniment.trust.identity.models import Session
from tests.cast import Portal
from tests.trust.identity.browsers import Visitor
from tests.trust.identity.steps.profiles import set_profile

pytestmark = pytest.mark.control("session-timeout")
UNATTENDED = {"muniment-unattended": "1"}


def at(monkeypatch: pytest.MonkeyPatch, start, minutes: float) -> None:
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(minutes=minutes))


@pytest.mark.parametrize("side", ["staff", "contacts"])
def test_idle_and_whole_times_are_those_of_the_profile_on_every_page(portal: Portal, monkeypatch, side: str):
    times = {side: Side(session_idle_minutes=10, session_hours=2)}
    set_profile(portal.okoye, **times)
    start, who = clock.now(), Visitor().sign_in("cleo" if side == "contacts" else "ben")

    at(monkeypatch, start, 9)
    assert who.is_signed_in()
    at(monkeypatch, start, 20)
    assert not who.is_signed_in(), "ten minutes without a click, on a page of one's own too"

    who = Visitor().sign_in("cleo" if side == "contacts" else "ben")
    for minute in range(20, 140, 9):
        at(monkeypatch, start, minute)
        assert who.is_signed_in()
    at(monkeypatch, start, 20 + 121)
    assert not who.is_signed_in(), "two hours, however busy"


def test_of_several_clients_the_strictest_counts_on_the_pages_of_the_others_too(portal: Portal, monkeypatch):
    cleo = portal.people["cleo"]
    with acting_as(Actor.system(portal.brandt)):
        clients.join(portal.brandt, cleo, "contact")
    set_profile(portal.brandt, contacts=Side(session_idle_minutes=5))
    set_profile(portal.okoye, contacts=Side(session_idle_minutes=20, session_hours=3))
    start, home = clock.now(), Visitor().sign_in("cleo")
    (row,) = Session.objects.filter(person_id=cleo)
    assert (row.idle_minutes, row.expires_at - row.created_at) == (5, timedelta(hours=3))

    at(monkeypatch, start, 6)
    assert not home.is_signed_in()


def test_a_profile_that_is_set_counts_for_sessions_that_run(portal: Portal, monkeypatch):
    start, cleo = clock.now(), Visitor().sign_in("cleo")
    set_profile(portal.okoye, contacts=Side(session_idle_minutes=5))

    at(monkeypatch, start, 6)
    assert not cleo.is_signed_in()


def test_what_a_page_asks_for_by_itself_does_not_keep_the_session_alive(portal: Portal, monkeypatch):
    start, cleo = clock.now(), Visitor().sign_in("cleo")
    for minute in range(2, 30, 4):
        at(monkeypatch, start, minute)
        answer = cleo.browser.get("/account/sessions/stay/", secure=True, headers=UNATTENDED)
        assert answer.status_code == 200
        assert answer.json()["seconds"] <= (30 - minute) * 60
        assert cleo.browser.get("/account/", secure=True, headers=UNATTENDED).status_code == 200

    at(monkeypatch, start, 31)
    assert not cleo.is_signed_in()


def test_staying_is_an_act(portal: Portal, monkeypatch):
    start, cleo = clock.now(), Visitor().sign_in("cleo")
    at(monkeypatch, start, 29)

    answer = cleo.browser.post("/account/sessions/stay/", secure=True, headers={"accept": "application/json"})

    assert answer.json() == {"seconds": 1800, "last": False}
    at(monkeypatch, start, 58)
    assert cleo.is_signed_in()
    assert cleo.post("/account/sessions/stay/")["Location"] == "/account/", "without scripts it is a form"


def test_close_to_the_end_in_any_case_it_is_said_that_staying_does_not_help(portal: Portal, monkeypatch):
    set_profile(portal.okoye, contacts=Side(session_hours=1))
    start, cleo = clock.now(), Visitor().sign_in("cleo")
    for minute in (25, 50):
        at(monkeypatch, start, minute)
        _stay(cleo)

    at(monkeypatch, start, 59)
    answer = _stay(cleo)

    assert answer.json()["last"] is True
    assert answer.json()["seconds"] <= 60
    assert 'data-last="1"' in cleo.get("/account/").content.decode()


def _stay(visitor: Visitor) -> Any:
    return visitor.browser.post("/account/sessions/stay/", secure=True, headers={"accept": "application/json"})


def test_every_page_of_somebody_signed_in_can_warn_and_none_of_a_stranger(portal: Portal):
    assert 'id="idle"' in Visitor().sign_in("cleo").get("/").content.decode()
    assert 'id="idle"' not in Visitor().get("/sign-in/").content.decode()


@pytest.mark.parametrize("times", [{"session_idle_minutes": 61}, {"session_hours": 25}])
@pytest.mark.parametrize("side", ["staff", "contacts"])
def test_more_than_an_hour_or_a_day_is_refused(portal: Portal, side: str, times: dict[str, Any]):
    with pytest.raises(ProfileInvalid):
        set_profile(portal.okoye, **{side: Side(**times)})


@pytest.mark.parametrize("name", ["session_idle_minutes", "session_hours"])
def test_an_installation_cannot_have_more_either(name: str):
    from dataclasses import replace

    most = {"session_idle_minutes": 60, "session_hours": 24}[name]
    present = config.current()
    longest: dict[str, Any] = {name: most}
    longer: dict[str, Any] = {name: most + 1}

    assert safety.problems(replace(present, **longest)) == safety.problems(present)
    assert any(name.upper() in said or name in said for said in safety.problems(replace(present, **longer)))


def test_a_profile_from_before_there_were_caps_is_read_as_short_as_they_allow():
    old = Profile().to_json()
    old["contacts"] |= {"session_idle_minutes": 600, "session_hours": 200}

    assert (read_kept(old).contacts.session_idle_minutes, read_kept(old).contacts.session_hours) == (60, 24)


@pytest.mark.control("session-list-revoke")
def test_a_role_that_is_lost_ends_the_session_and_one_that_is_given_does_not(portal: Portal, monkeypatch):
    start, dan = clock.now(), Visitor().sign_in("dan")
    at(monkeypatch, start, 2)
    inside = Actor.system(portal.okoye, purpose="Tests")
    access.give_grant(inside, person_id=portal.people["dan"], role="user", purpose="Helps more")
    at(monkeypatch, start, 4)
    assert dan.is_signed_in()

    with acting_as(inside):
        guest = Grant.objects.get(person_id=portal.people["dan"], role__name="guest")
    access.end_grant(inside, grant_id=guest.id)
    at(monkeypatch, start, 7)

    assert not dan.is_signed_in()
    assert not Session.objects.filter(person_id=portal.people["dan"]).exists()


@pytest.mark.control("session-list-revoke")
def test_whose_place_ends_or_who_is_shut_out_is_signed_out_at_once(portal: Portal):
    from muniment.trust.identity import actions as identity

    with acting_as(Actor.system(portal.brandt)):
        clients.join(portal.brandt, portal.people["dan"], "contact")
    dan = Visitor().sign_in("dan")

    identity.end_membership(portal.actor("cleo"), person_id=portal.people["dan"])

    assert not Session.objects.filter(person_id=portal.people["dan"]).exists(), "although they belong elsewhere too"
    assert not dan.is_signed_in()


@pytest.mark.control("session-list-revoke")
def test_the_list_of_sessions_says_device_place_and_last_use(portal: Portal):
    cleo = Visitor().sign_in("cleo")

    page = cleo.get("/account/").content.decode()

    assert "Firefox on Linux" in page
    assert "192.0.2.10" in page
    assert "last used" in page
