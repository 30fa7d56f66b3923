"""What can be destroyed, and destructions and holds as they are shown."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

Blobs = Callable[[UUID, UUID], list[UUID]]
"""Returns the blobs of a thing, given the client, which is bound, and the thing's id; empty if there is none."""

BLOBS_OF: dict[str, Blobs] = {}
AFTERWARDS: dict[str, Callable[[UUID, UUID], None]] = {}


def declare_destructible(kind: str, blobs: Blobs, afterwards: Callable[[UUID, UUID], None]) -> None:
    """Let things of a kind be destroyed by the keys of their blobs; `afterwards` marks the thing (client, id)."""
    BLOBS_OF[kind] = blobs
    AFTERWARDS[kind] = afterwards


@dataclass(frozen=True)
class DestructionFacts:
    """One destruction. `state`: asked, waiting, declined, taken-back, destroyed or proved; `failed` if it was not."""

    id: UUID
    kind: str
    subject_id: UUID
    of_client: UUID | None
    state: str
    reason: str
    asked_by: UUID
    asked_at: datetime
    approved_by: UUID | None
    approved_at: datetime | None
    due_at: datetime | None
    destroyed_at: datetime | None
    proved_at: datetime | None
    certificate: dict[str, Any] | None


@dataclass(frozen=True)
class HoldFacts:
    """One hold on a client or a document."""

    id: UUID
    kind: str
    object_id: UUID
    reason: str
    placed_by: UUID | None
    placed_at: datetime
