"""A device is known by a cookie: the first at once, each later one a day after somebody first signed in on it."""

from datetime import timedelta

import pytest
from django.db import transaction

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from muniment.trust.identity import devices
from muniment.trust.identity.actions.erasing import erase_person
from muniment.trust.identity.models import Device
from tests.cast import Portal
from tests.trust.identity.browsers import Visitor


def _known(portal: Portal, visitor: Visitor) -> bool:
    """Return what the log says of the device of the visitor's newest page."""
    assert visitor.get(f"/{ids.public(portal.okoye)}/people/").status_code == 200
    newest = log.entries(Actor.system(portal.okoye), LogFilter(events=(Event.PAGE_OPENED,)), limit=1)[0]
    assert newest.device_known is not None
    return newest.device_known


@pytest.mark.control("access-how")
def test_the_first_device_is_known_and_another_one_a_day_later(portal: Portal, monkeypatch):
    home = Visitor().sign_in("cleo")
    assert _known(portal, home)
    thief = Visitor().sign_in("cleo")
    assert not _known(portal, thief)

    start = clock.now()
    monkeypatch.setattr(clock, "now", lambda: start + devices.WAITS + timedelta(minutes=1))
    thief.browser.cookies.pop("__Host-session")

    assert _known(portal, thief.sign_in("cleo"))


def test_the_cookie_is_kept_from_scripts_and_from_what_other_sites_send_and_only_its_hash_is_stored(portal: Portal):
    home = Visitor().sign_in("cleo")

    cookie = home.browser.cookies[devices.COOKIE]
    assert (cookie["secure"], cookie["httponly"], cookie["path"]) == (True, True, "/")
    assert cookie["samesite"] == "Lax", "who comes back from the sign-in page of their organisation is recognised too"
    (row,) = Device.objects.filter(person_id=portal.people["cleo"])
    assert cookie.value.encode() not in bytes(row.secret_hash)
    assert not cookie["domain"]


def test_a_cookie_of_ones_own_making_or_of_somebody_else_makes_no_device_known(portal: Portal):
    cleo = Visitor().sign_in("cleo")
    Visitor().sign_in("ben")
    for made in (cleo.browser.cookies[devices.COOKIE].value, "x" * 43, "../../etc", ""):
        other = Visitor()
        other.browser.cookies[devices.COOKIE] = made

        assert not _known(portal, other.sign_in("ben"))


def test_signing_in_on_a_new_device_is_in_the_log_as_that(portal: Portal):
    home = Visitor().sign_in("cleo")
    home.browser.cookies.pop("__Host-session")
    home.sign_in("cleo")

    entries = log.entries(Actor.system(portal.okoye), LogFilter(events=(Event.SIGNED_IN,)))

    assert [entry.facts.get("new_device", False) for entry in entries][:2] == [False, True]


def test_devices_go_with_their_person_and_when_nobody_used_them_for_long(portal: Portal, monkeypatch):
    Visitor().sign_in("cleo")
    Visitor().sign_in("ben")

    with transaction.atomic():
        erase_person(portal.people["cleo"])
    assert {row.person_id for row in Device.objects.all()} == {portal.people["ben"]}

    start = clock.now()
    monkeypatch.setattr(clock, "now", lambda: start + devices.KEPT)
    devices.sweep()
    assert not Device.objects.exists()
