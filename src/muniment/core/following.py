"""Things that follow others: an app says that something moved on, and whoever follows it hears.

The app below need not know who follows: it calls `moved` inside its action, and what the followers write is in the
same transaction.
"""

from collections import defaultdict
from collections.abc import Callable
from uuid import UUID

from muniment.core.actor import Actor

Follower = Callable[[Actor, UUID], None]

_followers: dict[str, list[Follower]] = defaultdict(list)


def follow(kind: str, follower: Follower) -> None:
    """Let `follower(actor, object_id)` be called whenever a thing of a kind ("checklist") moved on.

    It is called within the act: it must be quick, and hand out a job for what takes time.
    """
    _followers[kind].append(follower)


def moved(actor: Actor, kind: str, object_id: UUID) -> None:
    """Say that a thing moved on; nothing happens where nobody follows its kind."""
    for follower in _followers.get(kind, ()):
        follower(actor, object_id)
