"""Drills, and what was promised, as they are shown."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

CheckName = Literal["replay", "rows", "logs", "documents", "structure", "walls", "sign-in", "loss", "recovery"]
Outcome = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True)
class Check:
    """One thing that a drill looked at; `amount` says how many, for loss and recovery how many seconds."""

    name: CheckName
    outcome: Outcome
    amount: float = 0


@dataclass(frozen=True)
class DrillFacts:
    """One drill. `moment` is what could be brought back; loss and recovery are None where it did not get there.

    `report` is a JSON text, `signature` the line of a signed note under it; both are empty while it runs.
    """

    id: UUID
    state: Literal["running", "passed", "failed"]
    started_at: datetime
    ended_at: datetime | None
    backup_id: UUID | None
    moment: datetime | None
    loss_seconds: float | None
    recovery_seconds: float | None
    checks: tuple[Check, ...]
    report: str
    signature: str


@dataclass(frozen=True)
class Measured:
    """What one drill measured."""

    at: datetime
    loss_seconds: float
    recovery_seconds: float


@dataclass(frozen=True)
class Objectives:
    """How much may be lost and how long it may take, in seconds, and what the drills of the last year measured.

    `measured` is oldest first. `age_seconds` is how much would be lost now, None where there is no backup.
    """

    rpo_seconds: float
    rto_seconds: float
    measured: tuple[Measured, ...]
    age_seconds: float | None

    @property
    def are_met(self) -> bool:
        """Tell whether the newest drill stayed within both."""
        if not self.measured:
            return False
        last = self.measured[-1]
        return last.loss_seconds <= self.rpo_seconds and last.recovery_seconds <= self.rto_seconds
