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
class SheetFacts:
    """One recovery sheet. `state`: new, current or replaced. `tested`: the numbers of the shares that were."""

    id: UUID
    made_at: datetime
    made_by: UUID | None
    people: int
    needed: int
    tested: tuple[int, ...]
    last_tested_at: datetime | None
    state: str
    is_stale: bool
    """Whether it should be made or tested again."""


@dataclass(frozen=True)
class NewSheet:
    """A sheet at the moment it was made: the only one at which there are its words. `shares`: those of each person."""

    sheet: SheetFacts
    shares: tuple[str, ...]
    firm: str


@dataclass(frozen=True)
class ShareTested:
    """What came of testing a share: it is a good one, of this number, and so many more are to be tested."""

    sheet_id: UUID
    number: int
    needed_more: int


@dataclass(frozen=True)
class KeyBackupFacts:
    """Where the key backup is and how old. `trouble`: empty, "none", "damaged", "away" or "behind"."""

    place: str
    is_same_machine: bool
    written_at: datetime | None
    trouble: str

    @property
    def is_current(self) -> bool:
        """Tell whether it holds the keys as they are now."""
        return not self.trouble


@dataclass(frozen=True)
class Recovery:
    """The key backup, the sheets that open it, the newest first, and sentences about what should be done."""

    sheets: list[SheetFacts]
    backup: KeyBackupFacts
    warnings: list[str]

    @property
    def is_without_sheet(self) -> bool:
        """Tell whether there is no sheet in use, and so no key backup that is brought up to date."""
        return all(sheet.state == "replaced" for sheet in self.sheets)


@dataclass(frozen=True)
class HoldFacts:
    """One hold on a client or a document."""

    id: UUID
    kind: str
    object_id: UUID
    reason: str
    placed_by: UUID | None
    placed_at: datetime
