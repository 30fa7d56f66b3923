"""Which acts earn a receipt, and which of them happened while somebody listened: an answer promises their receipts."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from muniment.core.actor import Actor
from muniment.trust.audit.types import EARNING, Event

Earned = list[tuple[Actor, UUID]]

_earned: ContextVar[Earned | None] = ContextVar("earned", default=None)


@contextmanager
def earning() -> Iterator[Earned]:
    """Give a list that takes who earned a receipt for which entry, in order; one that is undone stays in it."""
    earned: Earned = []
    token = _earned.set(earned)
    try:
        yield earned
    finally:
        _earned.reset(token)


def note(actor: Actor, event: Event, entry_id: UUID) -> None:
    """Tell whoever listens about an entry that was just written."""
    earned = _earned.get()
    if earned is not None and event in EARNING:
        earned.append((actor, entry_id))


def last_earned() -> UUID | None:
    """Return the entry that earned a receipt last, in what is listened to now: to lead a person to it."""
    earned = _earned.get()
    return earned[-1][1] if earned else None
