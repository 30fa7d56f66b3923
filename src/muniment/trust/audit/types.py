"""What the log says: acts and what they earn, entries, heads, findings, and who confirms them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from muniment.trust.audit.events import Event as Event  # noqa: PLC0414 - others have it from here

# What leaves the portal, is handed on or ends for good: who did it, or for whom, keeps the receipt.
EARNING: frozenset[Event] = frozenset(
    {
        Event.DOCUMENT_DOWNLOADED,
        Event.DOCUMENTS_PACKED,
        Event.DOCUMENT_SHARED,
        Event.FOLDER_SHARED,
        Event.SHARE_ENDED,
        Event.ACCESS_GIVEN,
        Event.REVIEW_EXPORTED,
        Event.GUEST_LINK_MADE,
        Event.GUEST_LINK_REVOKED,
        Event.VERSION_DESTROYED,
        Event.KEY_DESTROYED,
        Event.DESTRUCTION_PROVED,
        Event.CERTIFICATE_DOWNLOADED,
        Event.LOG_EXPORTED,
    }
)


@dataclass(frozen=True)
class Earned:
    """An act that earned a receipt: its place in the log, its entry, and who did it."""

    position: int
    id: UUID
    person_id: UUID | None


@dataclass(frozen=True)
class EntryFacts:
    """One entry, opened. What its private part said is None once that part was dropped."""

    id: UUID
    at: datetime
    event: str
    allowed: bool
    object_kind: str
    object_id: UUID | None
    person_id: UUID | None
    person_kind: str
    purpose: str
    facts: dict[str, Any]
    ip: str | None
    device: str | None
    action: str = ""  # what was called; empty for a page
    country: str | None = None
    membership: str | None = None  # ids in their public form, as they are committed to
    session: str | None = None
    request: str | None = None
    rules: str = ""  # the conditions that were in force, as a short hash
    factors: tuple[str, ...] | None = None
    authenticated: str | None = None  # when the sign-in was proved, ISO 8601; empty when it never was
    device_known: bool | None = None
    via_api: bool | None = None
    link: str | None = None  # the guest link by which they came, in its public form
    looking_as: str | None = None  # the contact as whom somebody of the firm looked, in the public form


@dataclass(frozen=True)
class Head:
    """One signed head of a log or of the register; `register_index` is that of a client's head."""

    size: int
    root: bytes
    note: str
    signed_at: datetime
    register_index: int | None = None


@dataclass(frozen=True)
class FormerLog:
    """What a log, or the register, was before a restore: its name then, and how far it went in the backup."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True)
class LogHealth:
    """Counts and times over all logs. `lag_seconds` is how long the oldest entry without a number has waited."""

    pending: int
    lag_seconds: float
    trees: int
    entries: int
    heads: int
    signed_at: datetime | None
    rehashed_at: datetime | None
    rehash_found: int


@dataclass(frozen=True)
class Finding:
    """Something that a re-hash found not to be as it was signed.

    `what` is one of "body", "leaf", "position", "size", "tile", "root", "note", "register"; `place` is the position
    of an entry, the size of a head, or the number of a tile.
    """

    what: str
    place: int


class Outcome(StrEnum):
    """What came of asking a witness, or the time-stamp authority, to confirm a head of the register."""

    CONFIRMED = "confirmed"
    BEHIND = "behind"  # it is at an older head than was thought, and can be asked again from there
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    UNKNOWN_LOG = "unknown-log"
    UNKNOWN_KEY = "unknown-key"
    UNREADABLE = "unreadable"
    WRONG_SIGNATURE = "wrong-signature"
    WRONG_CLOCK = "wrong-clock"
    AHEAD = "ahead"  # it has seen more than there is: the log lost what it had signed
    CONTRADICTED = "contradicted"  # what it has seen is not how the log begins


CONTRADICTIONS = (Outcome.AHEAD, Outcome.CONTRADICTED)


@dataclass(frozen=True)
class ConfirmerFacts:
    """How it last went with a witness or with the time-stamp authority; `outcome` is None before the first time."""

    name: str
    outcome: Outcome | None
    asked_at: datetime | None
    confirmed_at: datetime | None


@dataclass(frozen=True)
class Stamped:
    """One time stamp: `token` is the DER of an RFC 3161 token over the text of the register's checkpoint."""

    size: int
    checkpoint: str
    token: bytes
    authority: str
    at: datetime
