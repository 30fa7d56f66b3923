"""Everything that conditions could refuse, whoever asks: found by asking for somebody who has nothing at all."""

from collections.abc import Iterator
from functools import lru_cache

from muniment.trust.access.conditions.context import Circumstances
from muniment.trust.access.conditions.engine import verdict
from muniment.trust.access.conditions.in_force import Current
from muniment.trust.access.conditions.prepared import prepared
from muniment.trust.access.conditions.types import DAY_MINUTES, DAYS, Profile, Reason, SideName
from muniment.trust.access.words import Action, Label


def requirements(profile: Profile, side: SideName, action: Action, label: Label | None = None) -> tuple[Reason, ...]:
    """Return every condition of a profile on an action with things of a label, met or not."""
    return demands(Current(profile), side, action, label)


@lru_cache(maxsize=4096)
def demands(current: Current, side: SideName, action: Action, label: Label | None = None) -> tuple[Reason, ...]:
    """Return what `requirements` does, the extra rules included that concern every role."""
    found: dict[tuple[str, str, Label | None], Reason] = {}
    for seen in _with_nothing(current, side, label):
        for reason in verdict(current, side, action, label, seen).reasons:
            found.setdefault((reason.code, reason.remedy, reason.label), reason)
    return tuple(found.values())


def _with_nothing(current: Current, side: SideName, label: Label | None) -> Iterator[Circumstances]:
    """Return somebody from nowhere with no factor, at each time that could be outside of somebody's hours."""
    if not {"minute_of_day", "weekday"} & prepared(current).asked:
        yield Circumstances()
        return
    of_side = current.profile.side(side)
    every = [(terms.opens, terms.closes) for terms in (of_side.terms, of_side.labelled(label))]
    every += [(rule.opens, rule.closes) for _, rule in current.rules]
    minutes = {0} | {opens - 1 for opens, _ in every if opens} | {closes for _, closes in every}
    for minute in sorted(minutes - {DAY_MINUTES}):
        for day in DAYS:
            yield Circumstances(minute_of_day=minute, weekday=day)
