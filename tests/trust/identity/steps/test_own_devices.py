"""A device that somebody says is theirs: no second step for some days, until anything about it is different."""

from datetime import timedelta
from pathlib import Path

import pytest

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from muniment.trust.identity.models import Device, Person
from tests.cast import PASSWORD, PEOPLE, Portal
from tests.trust.identity.browsers import Visitor
from tests.trust.identity.steps.profiles import again, code, set_profile
from tests.trust.identity.test_countries import known, write

__all__ = ["known"]
CLEO = PEOPLE["cleo"][1]
pytestmark = pytest.mark.control("step-up-new-device")


@pytest.fixture
def own(portal: Portal) -> Visitor:
    """Return the browser that Cleo said is her own, signed out."""
    set_profile(portal.okoye, trusted_days=30)
    return again(_ticked(Visitor()))


def _ticked(visitor: Visitor) -> Visitor:
    visitor.password(CLEO)
    assert code(visitor, "cleo", own_device="on").status_code == 302
    return visitor


def _is_asked(visitor: Visitor) -> bool:
    answer = visitor.password(CLEO)
    assert answer.status_code == 302, answer.content
    return bool(answer["Location"] == "/sign-in/code/")


def test_it_needs_no_second_step_and_the_log_says_how_they_came_in(portal: Portal, own: Visitor):
    assert not _is_asked(own)
    assert own.is_signed_in()

    assert own.get(f"/{ids.public(portal.okoye)}/people/").status_code == 200
    newest = log.entries(Actor.system(portal.okoye), LogFilter(events=(Event.PAGE_OPENED,)), limit=1)[0]
    assert newest.factors == ("password", "trusted_device")
    assert log.entries(Actor.system(portal.okoye), LogFilter(events=(Event.DEVICE_TRUSTED,)))


def test_without_the_tick_or_where_no_client_allows_it_every_sign_in_is_asked(portal: Portal):
    home = again(_ticked(Visitor()))
    assert _is_asked(home), "no client allows it"

    set_profile(portal.okoye, trusted_days=30)
    assert _is_asked(again(home)), "it was ticked before it was allowed"
    plain = again(Visitor().sign_in("cleo"))
    assert _is_asked(plain), "it was not ticked"


def test_the_box_is_there_only_where_it_is_allowed(portal: Portal):
    cleo = Visitor()
    cleo.password(CLEO)
    assert b'name="own_device"' not in cleo.get("/sign-in/code/").content

    set_profile(portal.okoye, trusted_days=14)

    shown = cleo.get("/sign-in/code/").content.decode()
    assert 'name="own_device"' in shown
    assert "For 14 days" in shown


def test_it_ends_after_thirty_days_at_the_latest(portal: Portal, own: Visitor, monkeypatch):
    start = clock.now()
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(days=29))
    assert not _is_asked(own)

    monkeypatch.setattr(clock, "now", lambda: start + timedelta(days=30, minutes=1))
    assert _is_asked(again(own)), "signing in on it does not make it longer"


def test_a_client_that_allows_it_no_more_is_asked_again_in_the_open_session_too(portal: Portal, own: Visitor):
    own.password(CLEO)
    assert own.is_signed_in()

    set_profile(portal.okoye, trusted_days=0)

    assert not own.is_signed_in()


@pytest.mark.usefixtures("known")
def test_another_country_asks_again(portal: Portal, known: Path, own: Visitor):
    assert not _is_asked(own)

    write(known, {"192.0.2.0/24": {"country": {"iso_code": "FR"}}})

    assert _is_asked(again(own))


@pytest.mark.parametrize("change", ["password", "factor"])
def test_a_changed_password_or_factor_ends_it(portal: Portal, own: Visitor, change: str):
    if change == "password":
        other = Visitor().sign_in("cleo")
        new = "nine lanterns drift under ice"
        assert other.post("/account/password/", {"oldpassword": PASSWORD, "password1": new}).status_code == 302
        assert own.password(CLEO, new)["Location"] == "/sign-in/code/"
        return
    Person.objects.filter(id=portal.people["cleo"]).update(credentials_changed_at=clock.now())

    assert _is_asked(own)


def test_it_is_listed_and_forgotten_one_or_all(portal: Portal, own: Visitor):
    own.password(CLEO)
    Visitor(agent="Mozilla/5.0 (iPhone) Safari/604.1").sign_in("cleo")
    page = own.get("/account/")
    shown = {one.device: one for one in page.context["devices"]}
    assert set(shown) == {"Firefox on Linux", "Safari on iPhone"}
    assert shown["Firefox on Linux"].trusted_until is not None
    assert shown["Safari on iPhone"].trusted_until is None
    assert shown["Firefox on Linux"].is_current

    one = shown["Firefox on Linux"].id
    assert own.post(f"/account/devices/{ids.public(one)}/forget/").status_code == 302
    assert not own.is_signed_in(), "it came in because the device was trusted"
    assert _is_asked(own)

    phone = Visitor().sign_in("cleo")
    assert phone.post("/account/devices/forget/").status_code == 302
    assert phone.get("/account/").context["devices"] == []
    assert not any(row.about or row.trusted_at for row in Device.objects.filter(person_id=portal.people["cleo"]))
    assert phone.is_signed_in(), "a factor was proved in this session"
    events = log.entries(Actor.system(portal.okoye), LogFilter(events=(Event.DEVICE_FORGOTTEN,)))
    assert len(events) == 2


def test_nobody_forgets_somebody_elses(portal: Portal, own: Visitor):
    (row,) = Device.objects.filter(person_id=portal.people["cleo"])
    mallory = Visitor().sign_in("mallory")

    assert mallory.post(f"/account/devices/{ids.public(row.id)}/forget/").status_code == 404
    assert Device.objects.filter(id=row.id).exists()


def test_the_cookie_alone_is_nobody_elses_trust(portal: Portal, own: Visitor):
    set_profile(portal.brandt, trusted_days=30)

    assert own.password(PEOPLE["mallory"][1])["Location"] == "/sign-in/code/"


def test_administrators_are_never_spared(portal: Portal):
    for client_id in (portal.firm_id, portal.okoye, portal.brandt):
        set_profile(client_id, trusted_days=30)
    ada = Visitor()
    ada.password(PEOPLE["ada"][1])
    assert b'name="own_device"' not in ada.get("/sign-in/code/").content
    code(ada, "ada", own_device="on")

    assert again(ada).password(PEOPLE["ada"][1])["Location"] == "/sign-in/code/"


def test_what_is_kept_of_it_names_neither_browser_nor_country_in_clear(portal: Portal, own: Visitor):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select string_agg(d::text || encode(d.about, 'escape'), '') from device d")
        assert "Firefox" not in cursor.fetchone()[0]


def test_forgetting_all_devices_makes_the_next_one_no_first(portal: Portal, own: Visitor):
    cleo = Visitor().sign_in("cleo")
    cleo.post("/account/devices/forget/")

    Visitor().sign_in("cleo")

    newest = Device.objects.filter(person_id=portal.people["cleo"]).latest("seen_at")
    assert newest.known_at is not None
    assert newest.known_at > clock.now() + timedelta(hours=23), "a thief would forget all others first"
