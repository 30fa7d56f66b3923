"""Orders as they are shown."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

What = Literal["backup", "check", "drill", "restore_document", "restore_client"]


@dataclass(frozen=True)
class OrderFacts:
    """One thing asked of the agent; it is at `done` of `total` of its `step`. `total` is 0 where nobody knows."""

    id: UUID
    what: What
    state: Literal["asked", "taken", "done", "failed"]
    asked_by: UUID | None
    asked_at: datetime
    taken_at: datetime | None
    ended_at: datetime | None
    target_client: UUID | None
    target_id: UUID | None
    moment: datetime | None
    step: str
    done: int
    total: int
    trouble: str
