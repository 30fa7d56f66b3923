"""Requests, reviews and their lines as they are shown."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

REQUEST_STATES: Final = ("asked", "given", "declined", "taken-back", "lapsed", "ended")
ITEM_STATES: Final = ("open", "kept", "removed", "over")

STAFF_ROLES: Final = ("analyst", "engineer", "advisor")
"""What somebody of the firm may ask for on a client, the least first."""

CONTACT_ROLES: Final = ("viewer", "downloader", "editor")
"""What a contact may ask for on a document or folder, the least first."""

HOURS: Final = (1, 4, 8, 24, 72, 7 * 24, 30 * 24, 90 * 24)
EMERGENCY_HOURS_MOST: Final = 24
UNUSED_DAYS: Final = 90
"""Access that nobody used for so long is proposed for removal."""

ANSWER_DAYS: Final = 14
"""After this many days without an answer a request lapses."""

Proposed = Literal["", "unused", "left", "giver-left"]


@dataclass(frozen=True)
class RequestFacts:
    """One request. `state`: asked, given, declined, taken-back, lapsed (nobody decided) or ended."""

    id: UUID
    client_id: UUID
    asked_by: UUID
    asked_at: datetime
    is_staff: bool
    role: str
    scope_kind: str
    scope_id: UUID | None
    reason: str
    hours: int
    is_emergency: bool
    state: str
    decided_by: UUID | None
    decided_at: datetime | None
    decision: str
    grant_id: UUID | None
    ends_at: datetime | None
    ended_at: datetime | None
    may_decide: bool = False
    may_end: bool = False


@dataclass(frozen=True)
class DocketFacts:
    """A line of the firm's list: what was named, and the request where there is such a client."""

    id: UUID
    asked_by: UUID
    asked_at: datetime
    named: str
    request: RequestFacts | None


@dataclass(frozen=True)
class ReviewFacts:
    """One review and how far it is."""

    id: UUID
    client_id: UUID
    started_by: UUID | None
    started_at: datetime
    due_at: datetime
    closed_at: datetime | None
    start_entry: UUID | None
    items: int
    open: int
    kept: int
    removed: int

    def is_overdue(self, now: datetime) -> bool:
        """Return whether something should have been decided by now."""
        return self.closed_at is None and self.due_at <= now


@dataclass(frozen=True)
class ItemFacts:
    """One line of a review. `proposed`: why it may not be needed: unused, left or giver-left; empty where it may."""

    id: UUID
    grant_id: UUID
    person_id: UUID | None
    group_id: UUID | None
    is_staff: bool
    role: str
    scope_kind: str
    scope_id: UUID | None
    purpose: str
    given_by: UUID | None
    owner_id: UUID | None
    starts_at: datetime | None
    ends_at: datetime | None
    used_at: datetime | None
    proposed: str
    state: str
    reason: str
    decided_by: UUID | None
    decided_at: datetime | None
    entry_id: UUID | None
    may_decide: bool = False


@dataclass(frozen=True)
class Evidence:
    """A review as a file to take along."""

    name: str
    media_type: str
    data: bytes
