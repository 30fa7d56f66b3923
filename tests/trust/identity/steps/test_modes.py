"""When the second step is asked for: as the strictest of a person's clients wants it; of staff always."""

from datetime import timedelta

import pytest

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.trust.access.errors import ProfileInvalid
from muniment.trust.clients import actions as clients
from muniment.trust.identity import devices
from muniment.trust.identity.steps import policy
from tests.cast import PEOPLE, Portal
from tests.trust.identity.browsers import Visitor
from tests.trust.identity.steps.profiles import again, drop_factors, set_profile

CLEO, ADA = PEOPLE["cleo"][1], PEOPLE["ada"][1]


@pytest.mark.control("mfa-required", "two-step")
def test_by_default_the_right_password_alone_opens_nothing_on_a_known_device_either(portal: Portal):
    home = again(Visitor().sign_in("cleo"))

    answer = home.password(CLEO)

    assert answer["Location"] == "/sign-in/code/"
    assert not home.is_signed_in()


@pytest.mark.control("mfa-required")
@pytest.mark.parametrize("mode", ["new-device", "optional"])
def test_staff_are_always_asked_whatever_their_clients_say(portal: Portal, mode: str):
    for client_id in (portal.firm_id, portal.okoye):
        set_profile(client_id, mfa_mode=mode, trusted_days=30, email_code="clients-only")

    for who in ("ada", "ben"):
        home = again(Visitor().sign_in(who))
        assert home.password(PEOPLE[who][1])["Location"] == "/sign-in/code/"


@pytest.mark.control("mfa-required")
@pytest.mark.parametrize("mode", ["required", "new-device"])
def test_who_has_no_factor_reaches_enrolment_alone(portal: Portal, mode: str):
    set_profile(portal.okoye, mfa_mode=mode)
    drop_factors("cleo")
    cleo = Visitor()
    cleo.password(CLEO)

    assert cleo.get("/account/")["Location"] == "/account/factor/"


@pytest.mark.control("mfa-required")
def test_where_it_is_optional_who_has_no_factor_comes_in_and_who_has_one_is_asked(portal: Portal):
    set_profile(portal.okoye, mfa_mode="optional")
    dan = Visitor()
    assert dan.password(PEOPLE["dan"][1])["Location"] == "/sign-in/code/"

    drop_factors("cleo")
    cleo = Visitor()
    cleo.password(CLEO)

    assert cleo.is_signed_in()


@pytest.mark.control("mfa-required")
def test_a_profile_that_becomes_stricter_counts_for_open_sessions_at_once(portal: Portal):
    set_profile(portal.okoye, mfa_mode="optional")
    drop_factors("cleo")
    cleo = Visitor()
    cleo.password(CLEO)
    assert cleo.is_signed_in()

    set_profile(portal.okoye, mfa_mode="required")

    assert cleo.get("/account/")["Location"] == "/account/factor/"


@pytest.mark.control("step-up-new-device")
def test_on_a_known_device_the_password_is_enough_where_the_client_says_so_and_on_a_new_one_it_is_not(portal: Portal):
    set_profile(portal.okoye, mfa_mode="new-device")
    home = again(Visitor().sign_in("cleo"))

    home.password(CLEO)
    assert home.is_signed_in()

    assert Visitor().password(CLEO)["Location"] == "/sign-in/code/"


@pytest.mark.control("step-up-new-device")
def test_a_device_that_was_first_seen_today_is_no_known_one(portal: Portal, monkeypatch):
    set_profile(portal.okoye, mfa_mode="new-device")
    Visitor().sign_in("cleo")
    other = again(Visitor().sign_in("cleo"))
    assert other.password(CLEO)["Location"] == "/sign-in/code/"

    start = clock.now()
    monkeypatch.setattr(clock, "now", lambda: start + devices.WAITS + timedelta(minutes=1))
    again(other).password(CLEO)

    assert other.is_signed_in()


@pytest.mark.control("mfa-required")
def test_of_several_clients_the_strictest_counts(portal: Portal):
    cleo = portal.people["cleo"]
    set_profile(portal.okoye, mfa_mode="optional", email_code="clients-only", trusted_days=30, recovery_hours=2)
    assert policy.terms_of(cleo).mode == "optional"
    assert policy.terms_of(cleo).email_code

    with_brandt = Actor.system(portal.brandt)
    from muniment.core.unit import acting_as

    with acting_as(with_brandt):
        clients.join(portal.brandt, cleo, "contact")
    set_profile(portal.brandt, mfa_mode="new-device", trusted_days=7, recovery_hours=48)

    found = policy.terms_of(cleo)
    assert (found.mode, found.email_code, found.trusted_days, found.recovery_hours) == ("new-device", False, 7, 48)


@pytest.mark.parametrize(
    "terms",
    [{"mfa_mode": "never"}, {"email_code": "on"}, {"trusted_days": 31}, {"trusted_days": -1}, {"recovery_hours": 0}],
)
def test_what_no_profile_can_say_is_refused(portal: Portal, terms: dict[str, object]):
    with pytest.raises(ProfileInvalid):
        set_profile(portal.okoye, **terms)
