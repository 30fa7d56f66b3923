"""A way back in, as it is shown."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

State = Literal["asked", "waiting", "ready"]


@dataclass(frozen=True)
class RecoveryFacts:
    """An open way back in: asked for, confirmed and waiting until `ready_at`, or ready."""

    person_id: UUID
    asked_at: datetime
    wait_hours: int
    confirmed_by: UUID | None
    ready_at: datetime | None
    expires_at: datetime
    state: State
