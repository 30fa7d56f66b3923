"""What goes wrong while conditions are evaluated closes everything, and is an alarm."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.trust.access.conditions import engine, prepared
from muniment.trust.access.conditions.context import Circumstances, circumstances
from muniment.trust.access.conditions.demanding import requirements
from muniment.trust.access.conditions.engine import verdict
from muniment.trust.access.conditions.in_force import Current, read_text
from muniment.trust.access.conditions.opening import opened
from muniment.trust.access.types import EVERY, Network, Profile, Side, Terms

HOURS = Profile(zone="Europe/Madrid", staff=Side(terms=Terms(opens=8 * 60, closes=20 * 60)))


def _staff_at(moment: datetime, profile: Profile = HOURS) -> Circumstances:
    return circumstances(Actor(kind="staff"), profile, (), moment)


@pytest.fixture
def policies(monkeypatch):
    """Put other policies in place of the built-in ones for one test."""

    def use(change) -> None:
        changed = {name: read_text(name) for name in ("policies.cedar", "schema.cedarschema")}
        changed["policies.cedar"] = change(changed["policies.cedar"])
        monkeypatch.setattr(prepared, "read_text", changed.__getitem__)
        monkeypatch.setattr(prepared, "_insist_on_validity", lambda text: None)
        _forget()

    yield use
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    for remembered in (prepared._built_in, prepared.prepared, engine.decided):
        remembered.cache_clear()


def test_a_condition_that_errs_is_never_skipped_but_refuses_and_raises_the_alarm(policies):
    policies(lambda text: text + '@id("broken") forbid (principal, action, resource) when { context.nothing };')

    with capture_logs() as logged:
        said = verdict(Current(), "staff", "view", None, Circumstances())

    assert not said.allowed
    assert said.reasons[0].code == "unevaluated"
    assert [(line["event"], line["log_level"]) for line in logged] == [("conditions.unevaluated", "error")]


def test_no_decision_at_all_refuses(monkeypatch):
    _forget()
    monkeypatch.setattr(engine, "_context", lambda action, seen: {"action": action})

    said = verdict(Current(), "staff", "view", None, Circumstances())

    assert (said.allowed, said.reasons[0].code) == (False, "unevaluated")
    assert not opened(Current(HOURS), "staff", "view", Circumstances()).labels
    _forget()


def test_a_failure_is_not_remembered(monkeypatch):
    _forget()
    with monkeypatch.context() as broken:
        broken.setattr(engine, "_context", lambda action, seen: {})
        assert not verdict(Current(), "staff", "view", None, Circumstances()).allowed

    assert verdict(Current(), "staff", "view", None, Circumstances()).allowed


def test_policies_without_the_one_that_lets_through_refuse(policies):
    policies(lambda text: text.replace('@id("granted")\npermit (principal, action, resource);', ""))

    assert not verdict(Current(), "staff", "view", None, Circumstances()).allowed


def test_every_built_in_policy_is_valid_subtracts_and_says_what_helps():
    parsed = prepared.prepared(Current())

    assert [name for name in parsed.notes if "reason" not in parsed.notes[name]] == ["granted"]
    for name, note in parsed.notes.items():
        if name != "granted":
            assert note["about"] in {"when", "where", "how", "why"}
            assert note["reason"].endswith(".")
            assert note["fix"].endswith(".")
    assert len(re.findall(r"^permit ", read_text("policies.cedar"), re.MULTILINE)) == 1


@pytest.mark.parametrize("name", [name for name in prepared.prepared(Current()).notes if name != "granted"])
def test_a_condition_that_is_lost_is_noticed_by_the_twin(policies, name: str):
    from tests.trust.access.conditions import test_twin

    def without(text: str) -> str:
        return re.sub(rf'@id\("{name}"\).*?;\n', "", text, flags=re.DOTALL)

    policies(without)

    with pytest.raises(AssertionError):
        test_twin.test_cedar_and_its_twin_agree_on_ten_thousand_requests_and_every_reason()


@pytest.mark.control("access-when")
@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        # Madrid goes from UTC+1 to UTC+2 on 28 March 2027 at 01:00 UTC: opening at 08:00 comes an hour earlier in UTC.
        (datetime(2027, 3, 27, 6, 59, tzinfo=UTC), False),
        (datetime(2027, 3, 27, 7, 0, tzinfo=UTC), True),
        (datetime(2027, 3, 28, 5, 59, tzinfo=UTC), False),
        (datetime(2027, 3, 28, 6, 0, tzinfo=UTC), True),
        (datetime(2027, 3, 28, 17, 59, tzinfo=UTC), True),
        (datetime(2027, 3, 28, 18, 0, tzinfo=UTC), False),
        # And back on 31 October 2027.
        (datetime(2027, 10, 30, 6, 0, tzinfo=UTC), True),
        (datetime(2027, 10, 31, 6, 59, tzinfo=UTC), False),
        (datetime(2027, 10, 31, 7, 0, tzinfo=UTC), True),
        (datetime(2027, 10, 31, 18, 59, 59, tzinfo=UTC), True),
        (datetime(2027, 10, 31, 19, 0, tzinfo=UTC), False),
    ],
)
def test_hours_are_those_of_the_clients_wall_clock_when_it_is_put_forward_and_back(moment: datetime, is_open: bool):
    assert verdict(Current(HOURS), "staff", "view", None, _staff_at(moment)).allowed == is_open


def test_the_hour_that_comes_twice_is_open_twice_and_the_one_that_never_comes_harms_nobody():
    small = replace(HOURS, staff=Side(terms=Terms(opens=2 * 60, closes=3 * 60)))

    def is_open(*when: int) -> bool:
        moment = datetime(*when, tzinfo=UTC)  # type: ignore[misc, arg-type] # year to minute, all numbers
        return verdict(Current(small), "staff", "view", None, _staff_at(moment, small)).allowed

    assert is_open(2027, 10, 31, 0, 30)
    assert is_open(2027, 10, 31, 1, 30)
    assert not is_open(2027, 10, 31, 2, 30)
    assert not any(is_open(2027, 3, 28, hour, 30) for hour in range(24))


@pytest.mark.control("access-when")
def test_the_weekday_is_that_of_the_clients_zone():
    monday = Profile(zone="Pacific/Auckland", staff=Side(terms=Terms(days=frozenset({"mon"}))))
    sunday_noon_in_london = datetime(2027, 1, 3, 12, 0, tzinfo=UTC)

    assert verdict(Current(monday), "staff", "view", None, _staff_at(sunday_noon_in_london, monday)).allowed


@pytest.mark.control("access-where")
@pytest.mark.parametrize(("country", "is_open"), [("ES", True), ("FR", False), ("", False)])
def test_an_unknown_country_is_in_no_list(country: str, is_open: bool):
    spain = Profile(staff=Side(terms=Terms(countries=frozenset({"ES"}))))
    seen = circumstances(Actor(kind="staff", country=country), spain, (), datetime(2027, 1, 1, tzinfo=UTC))

    said = verdict(Current(spain), "staff", "view", None, seen)

    assert said.allowed == is_open
    if not country:
        assert "an unknown country" in said.reasons[0].sentence


@pytest.mark.control("access-where")
@pytest.mark.parametrize(
    ("ip", "is_in"),
    [
        ("198.51.100.7", True),
        ("198.51.101.7", False),
        ("2001:db8:7::1", True),
        ("2001:db8:8::1", False),
        ("", False),
        ("nonsense", False),
        ("198.51.100.7, 203.0.113.9", False),
    ],
)
def test_an_address_is_in_a_named_network_or_in_none(ip: str, is_in: bool):
    office = Network(ids.new(), "Office", ("198.51.100.0/24", "2001:db8:7::/48"))
    profile = Profile(staff=Side(terms=Terms(networks=frozenset({"Office"}))))
    seen = circumstances(Actor(kind="staff", ip=ip), profile, (office,), datetime(2027, 1, 1, tzinfo=UTC))

    assert verdict(Current(profile, (office,)), "staff", "view", None, seen).allowed == is_in


@pytest.mark.control("access-how")
def test_the_age_of_a_sign_in_is_kept_to_the_second_and_one_from_the_future_proves_nothing():
    fresh = Profile(staff=Side(terms=Terms(fresh=(("download", 15),))))
    proved = datetime(2027, 1, 1, 12, 0, tzinfo=UTC)

    def is_open(*when: int) -> bool:
        actor = Actor(kind="staff", authenticated_at=proved)
        moment = datetime(*when, tzinfo=UTC)  # type: ignore[misc, arg-type] # year to second, all numbers
        seen = circumstances(actor, fresh, (), moment)
        return verdict(Current(fresh), "staff", "download", None, seen).allowed

    assert is_open(2027, 1, 1, 12, 15, 0)
    assert not is_open(2027, 1, 1, 12, 15, 1)
    assert is_open(2027, 1, 1, 11, 59, 50)  # clocks of two hosts
    assert not is_open(2027, 1, 1, 11, 58)


def test_an_emergency_opens_at_any_time_and_from_any_place_but_never_without_the_factor_or_from_a_blocked_network():
    profile = Profile(staff=Side(terms=Terms(days=frozenset({"mon"}), countries=frozenset({"ES"}))))
    urgent = Circumstances(weekday="sun", emergency=True)

    assert verdict(Current(profile), "staff", "view", None, urgent).allowed
    assert not verdict(Current(profile), "staff", "view", None, replace(urgent, emergency=False)).allowed
    assert not verdict(Current(profile), "staff", "view", None, replace(urgent, blocked=True)).allowed
    with_passkey = Profile(staff=Side(terms=Terms(passkey_for=EVERY)))
    assert not verdict(Current(with_passkey), "staff", "view", None, urgent).allowed


def test_everything_that_could_refuse_is_told_whoever_asks():
    office = Terms(
        days=frozenset({"mon"}), opens=60, closes=120, countries=frozenset({"ES"}), never=frozenset({"share"})
    )
    profile = Profile(staff=Side(terms=office, labels=(("restricted", Terms(passkey_for=EVERY)),)))

    assert {reason.code for reason in requirements(profile, "staff", "view")} == {"hours", "country"}
    assert {reason.code for reason in requirements(profile, "staff", "share")} == {"hours", "country", "never"}
    with_label = requirements(profile, "staff", "view", "restricted")
    assert {(reason.code, reason.label) for reason in with_label} == {
        ("hours", None),
        ("country", None),
        ("passkey", "restricted"),
    }
    assert requirements(profile, "contacts", "view", "restricted") == ()
    assert "possible from some countries only" in next(r.sentence for r in with_label if r.code == "country")
