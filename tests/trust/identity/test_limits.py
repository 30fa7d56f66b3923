"""Tries are counted for an account and a source; the delay grows, survives a crash and hits nobody else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.cast import PASSWORD
from tests.trust.identity.browsers import Visitor, app_code, forget_used_codes
from tests.trust.identity.proof import solved

CLEO, DAN = "cleo@okoye.example", "dan@okoye.example"
WRONG = "not the password at all"


@pytest.fixture
def later(monkeypatch):
    """Move the product's clock."""
    from muniment.core import clock

    real, ahead = clock.now, [timedelta()]
    monkeypatch.setattr(clock, "now", lambda: real() + ahead[0])

    def move(**time):
        ahead[0] += timedelta(**time)

    return move


def fail(times, email=CLEO, **browser):
    for _ in range(times):
        proved(email, WRONG, **browser)


def proved(email, password=PASSWORD, **browser):
    """Try once, with the sum done that the page asks for after some failures."""
    visitor = Visitor(**browser)
    answer = visitor.password(email, password)
    if answer.status_code == 403:
        answer = visitor.post("/sign-in/", {"login": email, "password": password, **solved(answer)})
    return answer


@pytest.mark.control("brute-force-limit", "login-lockout")
def test_after_five_failures_the_right_password_is_refused_too(portal):
    fail(5)

    answer = Visitor().password(CLEO)

    assert answer.status_code == 429
    assert "Too many" in answer.content.decode()


@pytest.mark.control("brute-force-limit", "login-lockout")
def test_a_neighbour_behind_the_same_address_still_signs_in(portal):
    fail(6)

    assert Visitor().password(DAN).status_code == 302


@pytest.mark.control("brute-force-limit")
def test_nobody_is_locked_out_by_somebody_elsewhere(portal):
    fail(6, ip="198.51.100.66")

    assert Visitor(ip="192.0.2.10").password(CLEO).status_code == 302


def test_an_address_of_nobody_is_delayed_like_any_other(portal):
    fail(5, email="nobody@nowhere.example")

    assert "Too many" in Visitor().password("nobody@nowhere.example").content.decode()


@pytest.mark.control("login-lockout")
def test_the_delay_is_over_after_a_minute_and_grows_to_half_an_hour_and_to_one(portal, later):
    from muniment.trust.identity.models import Lockout

    fail(5)
    later(seconds=61)
    assert proved(CLEO).status_code == 302, "the first delay is over"
    assert not Lockout.objects.exists(), "success forgets"

    fail(5)
    later(seconds=61)
    fail(5)
    later(seconds=61)
    assert proved(CLEO).status_code == 429, "ten failures wait half an hour"
    later(minutes=28)
    assert proved(CLEO).status_code == 429
    later(minutes=2)
    fail(5)
    later(minutes=31)
    assert proved(CLEO).status_code == 429, "an hour, and never longer"
    later(minutes=30)
    assert proved(CLEO).status_code == 302


def test_a_delay_survives_the_loss_of_the_cache(portal):
    from django.core.cache import cache

    fail(5)
    cache.clear()

    assert "Too many" in Visitor().password(CLEO).content.decode()


def test_many_tries_at_the_same_moment_are_all_counted(portal):
    from django.db import connection

    from muniment.trust.identity import limits
    from muniment.trust.identity.errors import TooManyTries

    def attempt(_):
        try:
            limits.begin(limits.PASSWORD, account=CLEO, ip="192.0.2.10")
            return True
        except TooManyTries:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        let_in = sum(pool.map(attempt, range(40)))

    assert let_in == limits.PASSWORD.tries


def test_a_delay_that_began_before_anybody_knew_whose_it_is_can_be_lifted(portal):
    """The sixth of six tries at once begins it, before one of the five has found whom it is about."""
    from muniment.trust.identity import limits
    from muniment.trust.identity.errors import TooManyTries

    tries = [limits.begin(limits.PASSWORD, account=CLEO, ip="192.0.2.10") for _ in range(5)]
    with pytest.raises(TooManyTries):
        limits.begin(limits.PASSWORD, account=CLEO, ip="192.0.2.10")
    for one in tries:
        one.failed(portal.people["cleo"])

    assert limits.delayed([portal.people["cleo"]]) == {portal.people["cleo"]}
    assert limits.lift(portal.people["cleo"], (CLEO,)) == 1
    assert limits.begin(limits.PASSWORD, account=CLEO, ip="192.0.2.10").number == 1


def test_a_delay_is_written_down_and_its_victim_told(portal, events):
    from muniment.trust.identity.models import Letter

    fail(5)

    assert events(portal.okoye)[:2] == ["session.locked", "session.failed"]
    told = [letter for letter in Letter.objects.all() if letter.message["to"] == [CLEO]]
    assert sum("failed to sign in" in letter.message["subject"] for letter in told) == 1


def coded(visitor, code):
    """Give a code, with the sum done that the page asks for after some failures."""
    answer = visitor.code(code)
    if "several failed tries, so your browser" in answer.content.decode():
        answer = visitor.post("/sign-in/code/", {"code": code, **solved(answer)})
    return answer


def test_codes_are_counted_too(portal, events):
    cleo = Visitor()
    cleo.password(CLEO)
    for _ in range(5):
        assert coded(cleo, "000000").status_code == 200
    forget_used_codes(portal.people["cleo"])

    answer = coded(cleo, app_code("cleo"))

    assert answer.status_code == 200, "the right code is refused too"
    assert "factor.failed" in events(portal.okoye)
    assert not cleo.is_signed_in()


def test_recovery_codes_are_counted_apart_from_codes_of_the_app(portal):
    cleo = Visitor()
    cleo.password(CLEO)
    for _ in range(5):
        coded(cleo, "12345678")
    forget_used_codes(portal.people["cleo"])

    assert coded(cleo, "12345678").status_code == 200
    assert coded(cleo, app_code("cleo")).status_code == 302


def test_one_source_may_not_try_everybody(portal):
    from muniment.trust.identity import limits
    from muniment.trust.identity.errors import TooManyTries

    limit = limits.Limit("spray", source_a_day=20)
    for number in range(20):
        limits.begin(limit, account=f"p{number}@x.example", ip="203.0.113.9").failed()

    with pytest.raises(TooManyTries):
        limits.begin(limit, account="another@x.example", ip="203.0.113.9")
    limits.begin(limit, account="another@x.example", ip="203.0.113.10")


def test_wrong_links_from_many_places_close_links_to_nobody_elsewhere(portal):
    from muniment.trust.identity import limits

    for number in range(120):
        limits.begin(limits.LINK, account="link guest", ip=f"198.51.100.{number // 6}").failed()

    assert limits.begin(limits.LINK, account="link guest", ip="203.0.113.9").number == 1


def test_who_was_let_in_from_there_before_is_exempt_from_the_wide_limits(portal):
    from muniment.trust.identity import limits

    limit = limits.Limit("spray", source_a_day=20)
    limits.begin(limit, account=DAN, ip="203.0.113.9").passed()
    for number in range(20):
        limits.begin(limit, account=f"p{number}@x.example", ip="203.0.113.9").failed()

    assert limits.begin(limit, account=DAN, ip="203.0.113.9").number == 1


def test_neither_counters_nor_delays_hold_an_address(portal):
    from django.db import connection

    fail(5)

    with connection.cursor() as cursor:
        cursor.execute("select string_agg(c::text, '') from cache_entry c")
        counters = cursor.fetchone()[0]
        cursor.execute("select string_agg(l::text, '') from lockout l")
        delays = cursor.fetchone()[0]
    assert "cleo" not in counters + delays
    assert "okoye" not in counters + delays


@pytest.mark.control("gdpr-minimisation")
def test_a_delay_long_over_is_forgotten(portal, later):
    from muniment.trust.identity import actions
    from muniment.trust.identity.models import Lockout

    for _ in range(6):
        proved(CLEO, "not it")
    assert Lockout.objects.count() == 1

    later(hours=20)
    actions.sweep_sessions()
    assert Lockout.objects.count() == 1

    later(hours=30)
    actions.sweep_sessions()
    assert not Lockout.objects.exists()
