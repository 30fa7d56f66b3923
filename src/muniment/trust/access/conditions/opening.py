"""Which labels are open to an actor now, for a verb; and everything that could close something."""

from datetime import datetime
from functools import lru_cache

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.trust.access.conditions.context import Circumstances, circumstances, side_of
from muniment.trust.access.conditions.engine import FAILURES, alarm, as_asked, decided
from muniment.trust.access.conditions.in_force import Current
from muniment.trust.access.conditions.types import Opening, Reason, SideName, Terms
from muniment.trust.access.words import LABELS, Action, Label

ALL_OPEN = Opening(frozenset(LABELS))


def opening(
    current: Current,
    actor: Actor,
    action: Action,
    at: datetime | None = None,
    *,
    roles: frozenset[str] = frozenset(),
    emergency: bool = False,
) -> Opening:
    """Return which labels conditions leave open to `actor` for `action` at a moment (now), and why not the others."""
    if actor.kind == "system":
        return ALL_OPEN
    now = at or clock.now()
    seen = circumstances(actor, current.profile, current.networks, now, roles=roles, emergency=emergency)
    return opened(current, side_of(actor), action, seen)


def opened(current: Current, side: SideName, action: Action, seen: Circumstances) -> Opening:
    """Return which labels are open in these circumstances. What is internal is nothing to contacts: no reason tells."""
    try:
        return _opened(current, side, action, as_asked(seen, current))
    except FAILURES as error:
        return Opening(frozenset(), (alarm(current, error),))


@lru_cache(maxsize=65_536)
def _opened(current: Current, side: SideName, action: Action, seen: Circumstances) -> Opening:
    always, of_side = decided(current, side, action, None, seen), current.profile.side(side)
    known = {reason_key(reason) for reason in always.reasons}
    labels: set[Label] = set()
    reasons: list[Reason] = list(always.reasons)
    for label in LABELS:
        if side == "contacts" and label == "internal":
            continue
        says_more = bool(current.rules) or of_side.labelled(label) != Terms()
        said = decided(current, side, action, label, seen) if says_more else always
        if said.allowed:
            labels.add(label)
        reasons += [reason for reason in said.reasons if reason.label and reason_key(reason) not in known]
    return Opening(frozenset(labels), tuple(reasons))


def reason_key(reason: Reason) -> tuple[str, str]:
    """Return what makes two reasons the same, whichever label they are told of."""
    return reason.code, reason.sentence
