"""Cedar and the same conditions in plain Python agree: on random profiles and requests, and about every reason."""

import random
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest

from muniment.trust.access.conditions.context import NEVER_PROVED, Circumstances
from muniment.trust.access.conditions.engine import verdict
from muniment.trust.access.conditions.in_force import Current
from muniment.trust.access.conditions.opening import opened
from muniment.trust.access.conditions.reading import read_profile
from muniment.trust.access.conditions.types import DAY_MINUTES, DAYS, SIDES, Profile, Side, Terms
from muniment.trust.access.words import ACTIONS, LABELS
from tests.trust.access.conditions.twin import closing

PROFILES, REQUESTS = 250, 40
COUNTRIES, NETWORKS, PURPOSES = ("ES", "FR", "DE"), ("Office", "VPN", "Home"), ("Tax return", "Audit")


def _some(of: random.Random, known: Collection[str], most: int = 9) -> frozenset[Any]:
    return frozenset(of.sample(list(known), of.randint(0, min(most, len(known)))))


def _terms(of: random.Random, side: str, *, few: bool) -> Terms:
    """Return terms with a few conditions or many: with many, hardly anything would ever be let through."""
    full = Terms(
        days=_some(of, DAYS),
        opens=(opens := of.randrange(0, DAY_MINUTES - 1)),
        closes=of.randint(opens + 1, DAY_MINUTES),
        hours_for=_some(of, ACTIONS),
        countries=_some(of, COUNTRIES),
        networks=_some(of, NETWORKS),
        places_for=_some(of, ACTIONS),
        second_factor_for=_some(of, ACTIONS),
        passkey_for=_some(of, ACTIONS),
        known_device_for=_some(of, ACTIONS),
        fresh=tuple((action, of.randint(1, 120)) for action in ACTIONS if of.random() < 0.3),
        purposes=_some(of, PURPOSES) if side == "staff" else frozenset(),
        purposes_for=_some(of, ACTIONS),
        never=_some(of, ACTIONS, 2),
    )
    if not few:
        return full
    names = [name for name in Terms.__dataclass_fields__ if name not in {"opens", "closes"}]
    kept = {name: getattr(full, name) for name in of.sample(names, 3)}
    return replace(Terms(), **kept) if of.random() < 0.7 else replace(Terms(), opens=full.opens, closes=full.closes)


def _side(of: random.Random, side: str) -> Side:
    labels = tuple((label, _terms(of, side, few=True)) for label in LABELS if of.random() < 0.4)
    return Side(terms=_terms(of, side, few=of.random() < 0.8), labels=labels)


def _circumstances(of: random.Random) -> Circumstances:
    return Circumstances(
        minute_of_day=of.randrange(DAY_MINUTES),
        weekday=of.choice(DAYS),
        country=of.choice(["", *COUNTRIES, "KP"]),
        networks=_some(of, NETWORKS),
        blocked=of.random() < 0.05,
        second_factor=of.random() < 0.8,
        passkey=of.random() < 0.5,
        auth_age=of.choice([0, 1, 30, 60, 61, 120, 121, NEVER_PROVED]),
        device_known=of.random() < 0.5,
        via_api=of.random() < 0.2,
        purpose=of.choice(["", *PURPOSES, "Curiosity"]),
        emergency=of.random() < 0.1,
    )


@pytest.mark.control("access-when", "access-where", "access-how")
def test_cedar_and_its_twin_agree_on_ten_thousand_requests_and_every_reason():
    of = random.Random(20261121)
    tried = let_through = 0

    for _ in range(PROFILES):
        profile = Profile(zone="Europe/Madrid", staff=_side(of, "staff"), contacts=_side(of, "contacts"))
        current = Current(profile)
        assert read_profile(profile.to_json()) == profile
        for _ in range(REQUESTS):
            asked = of.choice(SIDES), of.choice(ACTIONS), of.choice([None, *LABELS])
            seen = _circumstances(of)
            said = verdict(current, *asked, seen)
            expected = closing(profile, *asked, seen)
            assert {(reason.code, reason.label) for reason in said.reasons} == expected, (profile, asked, seen)
            assert said.allowed == (not expected)
            tried, let_through = tried + 1, let_through + said.allowed

    assert tried == PROFILES * REQUESTS >= 8_000
    assert 0.2 < let_through / tried < 0.8  # neither answer is the rare one


def test_what_is_open_of_each_label_is_what_single_verdicts_say():
    of = random.Random(7)

    for _ in range(300):
        profile = Profile(staff=_side(of, "staff"), contacts=_side(of, "contacts"))
        side, action, seen = of.choice(SIDES), of.choice(ACTIONS), _circumstances(of)
        now = opened(Current(profile), side, action, seen)
        known = [label for label in LABELS if side == "staff" or label != "internal"]
        assert now.labels == {label for label in known if not closing(profile, side, action, label, seen)}
        assert bool(now.shut) == bool(closing(profile, side, action, None, seen))
