"""The acts that the log knows, and an entry as it is shown."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class Event(StrEnum):
    """Every act that can be in the log, in the grammar of the actions: what, then what was done to it.

    The value is what is committed to; a value once used is never given another meaning.
    """

    CLIENT_OPENED = "client.opened"
    PORTAL_SET_UP = "portal.set-up"
    PERSON_INVITED = "person.invited"
    PERSON_JOINED = "person.joined"
    PERSON_LEFT = "person.left"
    INVITATION_WITHDRAWN = "invitation.withdrawn"
    GRANT_GIVEN = "grant.given"
    GRANT_ENDED = "grant.ended"
    SIGNED_IN = "session.started"
    SIGN_IN_FAILED = "session.failed"
    SIGN_IN_LOCKED = "session.locked"
    SIGNED_OUT = "session.ended"
    FACTOR_ADDED = "factor.added"
    FACTOR_REMOVED = "factor.removed"
    FACTOR_FAILED = "factor.failed"
    RECOVERY_CODES_MADE = "recovery-codes.made"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 - the name of an event
    PASSWORD_RESET_ASKED = "password-reset.asked"  # noqa: S105 - the name of an event
    COMPROMISED_FLAGGED = "password.flagged"
    MAIL_READ = "mail.read"
    PAGE_OPENED = "page.opened"
    COMMAND_RUN = "command.run"
    PURPOSE_STATED = "purpose.stated"
    LOG_READ = "log.read"
    LOG_REHASHED = "log.rehashed"
    LOG_RETENTION_SET = "log-retention.set"
    LOG_SHORTENED = "log.shortened"
    LOG_EXPORTED = "log.exported"
    RECEIPT_TAKEN = "receipt.taken"
    RECEIPT_MAILED = "receipt.mailed"
    RECEIPTS_PACKED = "receipts.packed"
    LETTERS_SET = "letters.set"
    LETTER_WRITTEN = "letter.written"
    FOLDER_CREATED = "folder.created"
    FOLDER_RENAMED = "folder.renamed"
    FOLDER_MOVED = "folder.moved"
    FOLDER_TRASHED = "folder.trashed"
    FOLDER_RESTORED = "folder.restored"
    FOLDER_SHARED = "folder.shared"
    UPLOAD_BEGUN = "upload.begun"
    UPLOAD_CANCELLED = "upload.cancelled"
    UPLOAD_EXPIRED = "upload.expired"
    DOCUMENT_ADDED = "document.added"
    VERSION_ADDED = "version.added"
    VERSION_VETTED = "version.vetted"
    VERSION_HELD = "version.held"
    VERSION_RELEASED = "version.released"
    VERSION_DESTROYED = "version.destroyed"
    UPLOAD_RULES_SET = "upload-rules.set"
    VERSION_PROVED = "version.proved"
    VERSION_DAMAGED = "version.damaged"
    STORE_CHECKED = "store.checked"
    STORE_MOVED = "store.moved"
    STORE_COLLECTED = "store.collected"
    REGION_SET = "region.set"
    DOCUMENT_VIEWED = "document.viewed"
    DOCUMENT_DOWNLOADED = "document.downloaded"
    DOCUMENTS_PACKED = "documents.packed"
    DOCUMENT_RENAMED = "document.renamed"
    DOCUMENT_MOVED = "document.moved"
    DOCUMENT_TRASHED = "document.trashed"
    DOCUMENT_RESTORED = "document.restored"
    DOCUMENT_SHARED = "document.shared"
    SHARE_ENDED = "share.ended"
    SEARCH_SWITCHED_OFF = "search.switched-off"
    SEARCH_SWITCHED_ON = "search.switched-on"
    APPROVAL_ASKED = "approval.asked"
    APPROVAL_GIVEN = "approval.given"
    APPROVAL_DECLINED = "approval.declined"
    APPROVAL_TAKEN_BACK = "approval.taken-back"
    APPROVAL_USED = "approval.used"
    KEYS_TURNING = "keys.turning"
    KEYS_TURNED = "keys.turned"
    HOLD_PLACED = "hold.placed"
    HOLD_LIFTED = "hold.lifted"
    DESTRUCTION_ASKED = "destruction.asked"
    DESTRUCTION_APPROVED = "destruction.approved"
    DESTRUCTION_DECLINED = "destruction.declined"
    DESTRUCTION_TAKEN_BACK = "destruction.taken-back"
    KEY_DESTROYED = "key.destroyed"
    DESTRUCTION_PROVED = "destruction.proved"
    DESTRUCTION_FAILED = "destruction.failed"
    CERTIFICATE_DOWNLOADED = "certificate.downloaded"
    WITNESS_CONTRADICTED = "witness.contradicted"
    REFUSED = "act.refused"


# What leaves the portal, is handed on or ends for good: who did it, or for whom, keeps the receipt.
EARNING: frozenset[Event] = frozenset(
    {
        Event.DOCUMENT_DOWNLOADED,
        Event.DOCUMENTS_PACKED,
        Event.DOCUMENT_SHARED,
        Event.FOLDER_SHARED,
        Event.SHARE_ENDED,
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


@dataclass(frozen=True)
class Head:
    """One signed head of a log or of the register; `register_index` is that of a client's head."""

    size: int
    root: bytes
    note: str
    signed_at: datetime
    register_index: int | None = None


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
