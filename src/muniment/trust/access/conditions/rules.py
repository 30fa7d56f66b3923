"""Extra rules: what administrators forbid beyond the profile, as data from a form; never as text of a policy."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import reduce
from typing import Any, Literal, Self, get_args

from muniment.trust.access.conditions.errors import RuleInvalid
from muniment.trust.access.conditions.types import DAY_MINUTES, DAYS, About, Day
from muniment.trust.access.words import ACTIONS, LABELS, Action, Label

Who = Literal["anyone", "staff", "contacts"]
Factor = Literal["", "second-factor", "passkey"]
Expression = dict[str, Any]

NAMESPACE = "Muniment"
KINDS = {"staff": "Staff", "contacts": "Contact"}
LONGEST_TITLE, LONGEST_REMEDY, MOST_NAMES, LONGEST_NAME = 120, 240, 60, 80
LONGEST_FRESH_MINUTES = 31 * DAY_MINUTES
_COUNTRY_LETTERS = 2


@dataclass(frozen=True)
class Rule:
    """Whom it concerns, and with what; and what must be so for them, unless they may `never` do it at all.

    No roles mean every role, no labels every label. Of the demands, each that is set must be met, and what is left
    empty demands nothing: days and minutes of the day in the client's zone, `closes` excluded; countries to be in
    and not to be in, where one that is not known meets neither; networks by name, a factor of the sign-in, how
    many minutes ago it was proved at most, a device known before, a browser and no program. When and where do not
    count for grants of an emergency; what is `never` allowed is not allowed to them either.

    Raises:
        RuleInvalid: a word is none of its list, a number is out of bounds, or nothing is demanded.
    """

    title: str
    remedy: str
    actions: tuple[Action, ...]
    who: Who = "anyone"
    roles: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()
    never: bool = False
    days: tuple[Day, ...] = ()
    opens: int = 0
    closes: int = DAY_MINUTES
    countries: tuple[str, ...] = ()
    not_countries: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    factor: Factor = ""
    fresh_minutes: int | None = None
    known_device: bool = False
    by_browser: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        for is_right, problem in (
            (self._has_words, "A rule needs a title of one line, and may have a line about what helps."),
            (self._concerns_somebody, "Say whom the rule concerns, and which actions."),
            (self._has_hours, "The end of the hours must be later than their start."),
            (self._has_places, "A country is two letters of ISO 3166, and a network one that has a name here."),
            (self._has_ways, "How somebody signs in is one of the choices, and its age a number of minutes."),
            (self._demands, "Say what must be so, or that it is never allowed; not both."),
        ):
            if not is_right():
                raise RuleInvalid(problem)

    def _has_words(self) -> bool:
        title, remedy = self.title.strip(), self.remedy
        return 0 < len(title) <= LONGEST_TITLE and len(remedy) <= LONGEST_REMEDY and (title + remedy).isprintable()

    def _concerns_somebody(self) -> bool:
        known = set(self.actions) <= set(ACTIONS) and set(self.labels) <= set(LABELS) and self.who in get_args(Who)
        return known and bool(self.actions) and _are_names(self.roles)

    def _has_hours(self) -> bool:
        return set(self.days) <= set(DAYS) and 0 <= self.opens < self.closes <= DAY_MINUTES

    def _has_places(self) -> bool:
        codes = (*self.countries, *self.not_countries)
        return _are_names(self.networks) and len(codes) <= 2 * MOST_NAMES and all(map(_is_country, codes))

    def _has_ways(self) -> bool:
        in_bounds = self.fresh_minutes is None or 0 < self.fresh_minutes <= LONGEST_FRESH_MINUTES
        return self.factor in get_args(Factor) and in_bounds

    def _demands(self) -> bool:
        return self.never != bool(_unmet(self))

    @property
    def about(self) -> About:
        """What its first demand is about; of one that demands nothing, why."""
        if self.days or (self.opens, self.closes) != (0, DAY_MINUTES):
            return "when"
        if self.countries or self.not_countries or self.networks:
            return "where"
        return "why" if self.never else "how"

    def to_json(self) -> str:
        """Return the rule as the JSON that is kept."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, kept: str) -> Self:
        """Return the rule that `to_json` gave.

        Raises:
            RuleInvalid: it is none.
        """
        try:
            found: dict[str, Any] = json.loads(kept)
            values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in found.items()}
            return cls(**values)
        except (ValueError, TypeError, AttributeError) as error:
            raise RuleInvalid("This is not a rule.") from error


@dataclass(frozen=True)
class Replayed:
    """One access that a rule would have refused; ids are in their public form."""

    entry: str
    at: datetime
    person: str
    action: Action
    label: Label | None


@dataclass(frozen=True)
class Replay:
    """What a rule would have refused of the accesses since a moment, and the newest of them.

    `unknown` counts those whose entries do not say what the rule asks; `is_cut` is set where there were more
    accesses than were tried.
    """

    since: datetime
    accesses: int
    refused: int
    unknown: int
    is_cut: bool
    first: tuple[Replayed, ...] = ()

    def to_json(self) -> str:
        """Return it as the JSON that is kept."""
        return json.dumps(asdict(self), default=datetime.isoformat, sort_keys=True)

    @classmethod
    def from_json(cls, kept: str) -> Self:
        """Return what `to_json` gave."""
        found = json.loads(kept)
        first = [{**one, "at": datetime.fromisoformat(one["at"])} for one in found.pop("first")]
        since = datetime.fromisoformat(found.pop("since"))
        return cls(since=since, first=tuple(Replayed(**one) for one in first), **found)


def policy(rule: Rule, rule_id: str) -> dict[str, Any]:
    """Return a rule as a Cedar policy in JSON: always a forbid, with no word in it that is not from a list or a name.

    Source: https://docs.cedarpolicy.com/policies/json-format.html
    """
    who = {"op": "is", "entity_type": f"{NAMESPACE}::{KINDS[rule.who]}"} if rule.who in KINDS else {"op": "All"}
    actions = [{"type": f"{NAMESPACE}::Action", "id": action} for action in rule.actions]
    when = [_contains(rule.labels, _at("resource", "label"))] if rule.labels else []
    when += [_contains_any(rule.roles, _at("context", "roles"))] if rule.roles else []
    when += [reduce(_or, _unmet(rule))] if not rule.never else []
    return {
        "effect": "forbid",
        "principal": who,
        "action": {"op": "in", "entities": actions},
        "resource": {"op": "All"},
        "conditions": [{"kind": "when", "body": body} for body in when],
        "annotations": {"id": rule_id},
    }


def _unmet(rule: Rule) -> list[Expression]:
    """Return, for each demand that is set, when it is not met."""
    minute, country = _at("context", "minute_of_day"), _at("context", "country")
    places_and_times: list[tuple[object, Expression]] = [
        (rule.days, _not(_contains(rule.days, _at("context", "weekday")))),
        (rule.opens, _pair("<", minute, {"Value": rule.opens})),
        (rule.closes < DAY_MINUTES, _pair(">=", minute, {"Value": rule.closes})),
        (rule.countries, _not(_and(_HAS_COUNTRY, _contains(rule.countries, country)))),
        (rule.not_countries, _not(_and(_HAS_COUNTRY, _not(_contains(rule.not_countries, country))))),
        (rule.networks, _not(_contains_any(rule.networks, _at("context", "networks")))),
    ]
    ways: list[tuple[object, Expression]] = [
        (rule.factor == "second-factor", _not(_at("context", "second_factor"))),
        (rule.factor == "passkey", _not(_at("context", "passkey"))),
        (rule.fresh_minutes, _pair(">", _at("context", "auth_age"), {"Value": rule.fresh_minutes})),
        (rule.known_device, _not(_at("context", "device_known"))),
        (rule.by_browser, _at("context", "via_api")),
    ]
    # An emergency that two people approved does not wait for office hours; how somebody signs in still counts.
    found = [(is_set, _and(_not(_at("context", "emergency")), unmet)) for is_set, unmet in places_and_times]
    return [unmet for is_set, unmet in found + ways if is_set]


def _at(of: str, attribute: str) -> Expression:
    return {".": {"left": {"Var": of}, "attr": attribute}}


def _pair(operator: str, left: Expression, right: Expression) -> Expression:
    return {operator: {"left": left, "right": right}}


def _or(left: Expression, right: Expression) -> Expression:
    return _pair("||", left, right)


def _and(left: Expression, right: Expression) -> Expression:
    return _pair("&&", left, right)


def _not(expression: Expression) -> Expression:
    return {"!": {"arg": expression}}


def _contains(names: tuple[str, ...], value: Expression) -> Expression:
    return _pair("contains", _set(names), value)


def _contains_any(names: tuple[str, ...], values: Expression) -> Expression:
    return _pair("containsAny", _set(names), values)


def _set(names: tuple[str, ...]) -> Expression:
    return {"Set": [{"Value": name} for name in names]}


def _are_names(names: tuple[str, ...]) -> bool:
    return len(names) <= MOST_NAMES and all(0 < len(name) <= LONGEST_NAME and name.isprintable() for name in names)


def _is_country(code: str) -> bool:
    return len(code) == _COUNTRY_LETTERS and code.isascii() and code.isalpha() and code.isupper()


_HAS_COUNTRY: Expression = {"has": {"left": {"Var": "context"}, "attr": "country"}}
