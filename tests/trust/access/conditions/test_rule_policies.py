"""What Cedar makes of a rule, compared with the same rule in plain Python, over made-up rules and requests."""

import random
from dataclasses import replace

import pytest

from muniment.trust.access.conditions.context import Circumstances
from muniment.trust.access.conditions.engine import verdict
from muniment.trust.access.conditions.in_force import Current
from muniment.trust.access.conditions.rules import Rule
from muniment.trust.access.conditions.types import DAY_MINUTES, DAYS, SideName
from muniment.trust.access.errors import RuleInvalid
from muniment.trust.access.words import ACTIONS, LABELS, Action, Label

COUNTRIES, NETWORKS, ROLES = ("ES", "FR", "KP"), ("Office", "VPN", 'A "line"'), ("advisor", "analyst", "manager")
SIDES: tuple[SideName, ...] = ("staff", "contacts")
RULES, REQUESTS = 300, 20


def _some(chance: random.Random, words):
    return tuple(sorted(chance.sample(words, chance.randint(1, 2)))) if chance.random() < 0.3 else ()


def _rule(chance: random.Random) -> Rule:
    """Return a made-up rule that can be meant."""
    while True:
        opens = chance.choice([0, 0, 480, 600])
        never = chance.random() < 0.15
        demands = (
            {}
            if never
            else {
                "days": _some(chance, DAYS),
                "opens": opens,
                "closes": chance.choice([DAY_MINUTES, DAY_MINUTES, 720, 1200]),
                "countries": _some(chance, COUNTRIES),
                "not_countries": _some(chance, COUNTRIES),
                "networks": _some(chance, NETWORKS),
                "factor": chance.choice(["", "", "second-factor", "passkey"]),
                "fresh_minutes": chance.choice([None, None, 5, 60]),
                "known_device": chance.random() < 0.2,
                "by_browser": chance.random() < 0.2,
            }
        )
        try:
            return Rule(
                "A rule.",
                "",
                tuple(chance.sample(ACTIONS, chance.randint(1, 4))),
                who=chance.choice(["anyone", "staff", "contacts"]),
                roles=_some(chance, ROLES),
                labels=_some(chance, LABELS),
                never=never,
                **demands,
            )
        except RuleInvalid:
            continue


def _seen(chance: random.Random) -> Circumstances:
    return Circumstances(
        minute_of_day=chance.choice([0, 479, 480, 599, 600, 719, 720, 1199, 1200, 1439]),
        weekday=chance.choice(DAYS),
        country=chance.choice([*COUNTRIES, "DE", ""]),
        networks=frozenset(chance.sample(NETWORKS, chance.randint(0, 2))),
        second_factor=chance.random() < 0.5,
        passkey=chance.random() < 0.5,
        auth_age=chance.choice([0, 5, 6, 60, 61, 10**9]),
        device_known=chance.random() < 0.5,
        via_api=chance.random() < 0.5,
        roles=frozenset(chance.sample(ROLES, chance.randint(0, 2))),
        emergency=chance.random() < 0.2,
    )


def _forbids(rule: Rule, side: SideName, action: Action, label: Label | None, seen: Circumstances) -> bool:
    """Return what the rule says, read aloud."""
    concerned = (
        rule.who in {"anyone", side}
        and action in rule.actions
        and (not rule.labels or label in rule.labels)
        and (not rule.roles or bool(seen.roles & set(rule.roles)))
    )
    if not concerned or rule.never:
        return concerned
    right_time = (not rule.days or seen.weekday in rule.days) and rule.opens <= seen.minute_of_day < rule.closes
    right_place = (
        (not rule.countries or seen.country in rule.countries)
        and (not rule.not_countries or (seen.country != "" and seen.country not in rule.not_countries))
        and (not rule.networks or bool(seen.networks & set(rule.networks)))
    )
    right_way = (
        {"": True, "second-factor": seen.second_factor, "passkey": seen.passkey}[rule.factor]
        and (rule.fresh_minutes is None or seen.auth_age <= rule.fresh_minutes)
        and (seen.device_known or not rule.known_device)
        and not (rule.by_browser and seen.via_api)
    )
    return not ((seen.emergency or (right_time and right_place)) and right_way)


@pytest.mark.control("access-when", "access-how", "access-where")
def test_a_rule_means_to_cedar_what_it_says():
    chance, said = random.Random(20261121), {True: 0, False: 0}

    for _ in range(RULES):
        rule = _rule(chance)
        current = Current(rules=(("tried", rule),))
        for _ in range(REQUESTS):
            side, action = chance.choice(SIDES), chance.choice(rule.actions if chance.random() < 0.7 else ACTIONS)
            label, seen = chance.choice([None, *LABELS, *rule.labels]), _seen(chance)
            forbidden = _forbids(rule, side, action, label, seen)
            found = verdict(current, side, action, label, seen)
            assert found.allowed != forbidden, (rule, side, action, label, seen)
            assert [reason.sentence for reason in found.reasons] == ["A rule."] * forbidden
            said[forbidden] += 1

    assert min(said.values()) > RULES * REQUESTS / 10


def test_two_rules_forbid_what_either_forbids():
    look = Rule("One.", "", ("view",), never=True)
    take = Rule("Two.", "", ("view", "download"), never=True)
    current = Current(rules=(("one", look), ("two", take)))

    said = verdict(current, "staff", "view", None, Circumstances())

    assert sorted(reason.sentence for reason in said.reasons) == ["One.", "Two."]
    assert not verdict(current, "staff", "download", None, Circumstances()).allowed
    assert verdict(current, "staff", "edit", None, Circumstances()).allowed


def test_a_rule_never_opens_what_another_closed():
    closed = Rule("Closed.", "", ("view",), never=True)
    fulfilled = Rule("Office.", "", ("view",), networks=("Office",))

    said = verdict(
        Current(rules=(("a", closed), ("b", fulfilled))),
        "staff",
        "view",
        None,
        Circumstances(networks=frozenset({"Office"})),
    )

    assert [reason.sentence for reason in said.reasons] == ["Closed."]


GOOD = Rule("A rule.", "Do so.", ("view",), known_device=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"title": "x" * 121},
        {"title": "a\nb"},
        {"remedy": "x" * 241},
        {"actions": ()},
        {"actions": ("fly",)},
        {"who": "everyone"},
        {"labels": ("secret",)},
        {"roles": ("",)},
        {"days": ("monday",)},
        {"opens": 600, "closes": 600},
        {"closes": 1441},
        {"opens": -1},
        {"countries": ("es",)},
        {"not_countries": ("ESP",)},
        {"networks": ("x" * 81,)},
        {"factor": "sms"},
        {"fresh_minutes": 0},
        {"never": True},
        {"known_device": False},
    ],
)
def test_what_cannot_be_meant_is_no_rule(wrong):
    with pytest.raises(RuleInvalid):
        replace(GOOD, **wrong)


def test_a_rule_is_kept_whole():
    chance = random.Random(7)

    for _ in range(200):
        rule = _rule(chance)
        assert Rule.from_json(rule.to_json()) == rule


@pytest.mark.parametrize("kept", ["", "[]", "null", '{"title": 1}', '{"title": "x", "effect": "permit"}'])
def test_what_is_kept_and_is_no_rule_is_refused(kept: str):
    with pytest.raises(RuleInvalid):
        Rule.from_json(kept)
