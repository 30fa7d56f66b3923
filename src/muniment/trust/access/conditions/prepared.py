"""What is parsed once for a profile and its rules: Cedar's policies with their annotations, the terms as entities."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Final

from cedarpy import Entities, PolicySet, Schema, policies_from_json_str, policies_to_json_str, validate_policies

from muniment.trust.access.conditions.context import Circumstances
from muniment.trust.access.conditions.in_force import Current, read_text
from muniment.trust.access.conditions.rules import policy
from muniment.trust.access.conditions.types import DAY_MINUTES, SIDES, Reason, SideName, Terms
from muniment.trust.access.words import LABELS, Label

SPACE: Final = "Muniment::"
KIND: Final[dict[SideName, str]] = {"staff": "Staff", "contacts": "Contact"}
RULE: Final = "rule:"  # begins the id of an extra rule among the policies
CIRCUMSTANCES: Final = frozenset(field.name for field in fields(Circumstances))
ALWAYS_ASKED: Final = frozenset({"emergency", "blocked"})


@dataclass(frozen=True)
class Prepared:
    """Everything to ask Cedar with. `asked` names the circumstances that these terms and rules look at."""

    policies: PolicySet
    notes: dict[str, dict[str, str]]
    rules: dict[str, Reason]
    terms: Entities
    asked: frozenset[str]


@lru_cache(maxsize=2048)
def prepared(current: Current) -> Prepared:
    """Return what is in force, parsed and checked against the schema.

    Raises:
        ValueError: a policy or the terms do not fit the schema.
    """
    built_in = _built_in()
    extra = {RULE + name: policy(rule, name) for name, rule in current.rules}
    text = json.dumps({"templates": {}, "staticPolicies": built_in | extra, "templateLinks": []})
    if extra:
        _insist_on_validity(policies_from_json_str(text))
    every = list(_every_terms(current))
    by_rules = _named_in(list(extra.values())) & CIRCUMSTANCES
    asked = ALWAYS_ASKED.union(*(_asked_by(terms) for *_, terms in every), by_rules)
    return Prepared(
        policies=PolicySet.from_json_str(text),
        notes={name: found["annotations"] for name, found in built_in.items()},
        rules={RULE + name: Reason("rule", rule.about, rule.title, rule.remedy) for name, rule in current.rules},
        terms=Entities.from_json_str(json.dumps([_entity(*one) for one in every]), schema()),
        asked=asked,
    )


def place(side: SideName, label: Label | None, *, of_label: bool) -> str:
    """Return the id of terms: those of a side as they stand for a label, or those that the label adds."""
    return f"{side} {label or ''} {'added' if of_label else ''}"


@lru_cache(maxsize=1)
def schema() -> Schema:
    """Return the schema, parsed."""
    return Schema.from_str(read_text("schema.cedarschema"))


@lru_cache(maxsize=1)
def _built_in() -> dict[str, Any]:
    """Return the built-in policies as JSON, by their own ids."""
    text = read_text("policies.cedar")
    _insist_on_validity(text)
    found = json.loads(policies_to_json_str(text))["staticPolicies"].values()
    return {each["annotations"]["id"]: each for each in found}


def _insist_on_validity(text: str) -> None:
    checked = validate_policies(text, read_text("schema.cedarschema"))
    if not checked.validation_passed:
        raise ValueError("; ".join(str(error) for error in checked.errors))


def _every_terms(current: Current) -> Iterator[tuple[SideName, Label | None, bool, Terms]]:
    for side in SIDES:
        for label in (None, *LABELS):
            yield side, label, False, current.profile.side(side).terms
            yield side, label, True, current.profile.side(side).labelled(label)


def _entity(side: SideName, label: Label | None, of_label: bool, terms: Terms) -> dict[str, Any]:  # noqa: FBT001 - as they come
    sets = ("days", "countries", "networks", "purposes", "hours_for", "places_for", "purposes_for")
    factors = ("second_factor_for", "passkey_for", "known_device_for", "never")
    attributes: dict[str, Any] = {name: sorted(getattr(terms, name)) for name in sets + factors}
    attributes |= {
        "label": label or "",
        "opens": terms.opens,
        "closes": terms.closes,
        "any_day": not terms.days,
        "any_country": not terms.countries,
        "any_network": not terms.networks,
        "any_purpose": not terms.purposes,
    }
    uid = {"type": f"{SPACE}Terms", "id": place(side, label, of_label=of_label)}
    return {"uid": uid, "attrs": attributes, "tags": dict(terms.fresh), "parents": []}


def _asked_by(terms: Terms) -> frozenset[str]:
    """Return which circumstances the terms look at; others cannot change what they say."""
    has_hours = bool(terms.days) or (terms.opens, terms.closes) != (0, DAY_MINUTES)
    looks = {
        "minute_of_day": has_hours,
        "weekday": has_hours,
        "country": bool(terms.countries),
        "networks": bool(terms.networks),
        "second_factor": bool(terms.second_factor_for),
        "passkey": bool(terms.passkey_for),
        "device_known": bool(terms.known_device_for),
        "auth_age": bool(terms.fresh),
        "purpose": bool(terms.purposes),
    }
    return frozenset(name for name, is_asked in looks.items() if is_asked)


def _named_in(expression: Any) -> frozenset[str]:
    """Return the names of all attributes in policies as JSON: every circumstance that a rule looks at, and more."""
    if isinstance(expression, list):
        return frozenset().union(*map(_named_in, expression)) if expression else frozenset()
    if not isinstance(expression, dict):
        return frozenset()
    here = frozenset({expression["attr"]}) if isinstance(expression.get("attr"), str) else frozenset()
    return here.union(*map(_named_in, expression.values()))
