"""Whether conditions ask less of people for one label than for another."""

from muniment.core.actor import Actor
from muniment.trust.access.conditions import loading
from muniment.trust.access.conditions.demanding import demands
from muniment.trust.access.conditions.types import SIDES, SideName
from muniment.trust.access.types import Action, Label


def sides_asked_less(actor: Actor, action: Action, label: Label, *, than: Label) -> tuple[SideName, ...]:
    """Return the sides of which the conditions in force in the actor's client ask less for `label` than for another."""
    current = loading.loaded(actor.client)
    found = []
    for side in SIDES:
        less, more = (
            {(reason.code, reason.about, reason.remedy) for reason in demands(current, side, action, name)}
            for name in (label, than)
        )
        if more - less:
            found.append(side)
    return tuple(found)
