"""Keep people from shutting out themselves, or the last who could set it right."""

from dataclasses import dataclass, replace
from datetime import datetime

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.trust.access.conditions.context import Circumstances, circumstances, side_of
from muniment.trust.access.conditions.engine import verdict
from muniment.trust.access.conditions.in_force import Current
from muniment.trust.access.conditions.rules import Rule
from muniment.trust.access.conditions.types import DAYS, Network, Profile, Reason, SideName, Terms


@dataclass(frozen=True)
class Possible:
    """What this installation lets anybody have: a country that is known, a passkey."""

    countries: bool = True
    passkeys: bool = True


EVERYTHING = Possible()
SOME_COUNTRY = "XX"  # ISO 3166 gives it to nobody: it stands for one that no list names


def shut_out(
    actor: Actor,
    profile: Profile,
    named: tuple[Network, ...],
    rules: tuple[tuple[str, Rule], ...] = (),
    *,
    possible: Possible = EVERYTHING,
    roles: frozenset[str] = frozenset(),
    now: datetime | None = None,
) -> str | None:
    """Return why conditions would shut out `actor`, or every administrator, from setting them right; None if not.

    Who sets them must be let in as they are here and now; and somebody of the firm with everything that can be had
    must be, at some time. `roles` are those of `actor` in the client.
    """
    current, moment = Current(profile, named, rules), now or clock.now()
    if actor.kind != "system":
        seen = circumstances(actor, profile, named, moment, roles=roles)
        refused = _refusal(current, side_of(actor), seen)
        if refused:
            return f"This would shut you out. {refused.sentence}"
    best = _best(profile.staff.terms, [rule for _name, rule in rules if _concerns_everybody(rule)], possible)
    found = [_refusal(current, "staff", replace(best, weekday=day)) for day in DAYS]
    refused = None if None in found else found[0]
    return f"This would shut out every administrator. {refused.sentence}" if refused else None


def _refusal(current: Current, side: SideName, seen: Circumstances) -> Reason | None:
    """Return the first reason why the conditions could not be set right."""
    return next(iter(verdict(current, side, "administer", None, seen).reasons), None)


def _concerns_everybody(rule: Rule) -> bool:
    """Return whether a rule could keep every administrator from setting conditions right, whatever their roles."""
    return "administer" in rule.actions and rule.who != "contacts" and not rule.labels and not rule.roles


def _best(terms: Terms, rules: list[Rule], possible: Possible) -> Circumstances:
    """Return somebody who meets as many terms and rules as can be met at once."""
    in_hours, in_places = "administer" in terms.hours_for, "administer" in terms.places_for
    return Circumstances(
        minute_of_day=max([terms.opens if in_hours else 0, *(rule.opens for rule in rules)]),
        country=_country(terms.countries if in_places else frozenset(), rules) if possible.countries else "",
        networks=terms.networks.union(*(rule.networks for rule in rules)),
        second_factor=True,
        passkey=possible.passkeys,
        auth_age=0,
        device_known=True,
        purpose=min(terms.purposes, default=""),
    )


def _country(countries: frozenset[str], rules: list[Rule]) -> str:
    """Return a country that is in every list, and in none of those to stay away from; else whatever comes first."""
    lists = [named for named in (countries, *(frozenset(rule.countries) for rule in rules)) if named]
    shunned = {country for rule in rules for country in rule.not_countries}
    fitting = frozenset.intersection(*lists) - shunned if lists else {SOME_COUNTRY}
    return min(fitting, default=min(lists[0]) if lists else "")
