"""Look whether the conditions of every client can be evaluated: those that cannot close everything."""

from collections.abc import Iterator
from uuid import UUID

from muniment.core.health import HealthLine
from muniment.trust.access.conditions.context import Circumstances
from muniment.trust.access.conditions.engine import UNEVALUATED, verdict
from muniment.trust.access.conditions.errors import ConditionsRefuse
from muniment.trust.access.conditions.in_force import Current
from muniment.trust.access.conditions.loading import loaded
from muniment.trust.access.conditions.types import SIDES
from muniment.trust.access.words import LABELS
from muniment.trust.clients import queries as clients


def conditions_evaluate() -> Iterator[HealthLine]:
    """Tell for how many clients conditions cannot be evaluated now; each of them is closed to everybody."""
    places = clients.all_ids()
    broken = sum(not _evaluates(place) for place in places)
    if broken:
        sentence = f"Those of {broken} of {len(places)} spaces cannot be evaluated: nothing opens there. See the logs."
        yield HealthLine("Conditions", "bad", sentence)
    else:
        yield HealthLine("Conditions", "good", f"Those of all {len(places)} spaces were evaluated just now.")


def places_by_country() -> int:
    """Return in how many spaces conditions name countries: where none is known, they let nobody in."""
    return sum(names_countries(loaded(place)) for place in clients.all_ids())


def names_countries(current: Current) -> bool:
    """Return whether a profile or an extra rule names countries."""
    sides = [current.profile.side(name) for name in SIDES]
    every = [terms for side in sides for terms in (side.terms, *(terms for _, terms in side.labels))]
    by_rules = any(rule.countries or rule.not_countries for _, rule in current.rules)
    return by_rules or any(terms.countries for terms in every)


def _evaluates(place: UUID) -> bool:
    try:
        current = loaded(place)
    except ConditionsRefuse:
        return False
    said = [verdict(current, side, "view", label, Circumstances()) for side in SIDES for label in (None, *LABELS)]
    return UNEVALUATED.code not in {reason.code for each in said for reason in each.reasons}
