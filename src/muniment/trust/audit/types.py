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
    PERSON_WARNED = "person.warned"
    PERSON_SPARED = "person.spared"
    PERSON_DISABLED = "person.disabled"
    PERSON_ENABLED = "person.enabled"
    PERSON_EXPORTED = "person.exported"
    BREAK_GLASS_SET = "break-glass.set"
    EMAIL_CHANGE_ASKED = "email-change.asked"
    EMAIL_CHANGE_CONFIRMED = "email-change.confirmed"
    EMAIL_CHANGE_WITHDRAWN = "email-change.withdrawn"
    EMAIL_CHANGED = "email.changed"
    PERSON_RENAMED = "person.renamed"
    DIRECTORY_TOKEN_MADE = "directory-token.made"  # noqa: S105 - the name of an event
    DIRECTORY_TOKEN_REVOKED = "directory-token.revoked"  # noqa: S105 - the name of an event
    DIRECTORY_READ = "directory.read"
    DIRECTORY_CHANGED = "directory.changed"
    PEOPLE_IMPORTED = "people.imported"
    PEOPLE_EXPORTED = "people.exported"
    GRANT_GIVEN = "grant.given"
    GRANT_ENDED = "grant.ended"
    ROLE_MADE = "role.made"
    ROLE_CHANGED = "role.changed"
    ROLE_RETIRED = "role.retired"
    MANAGER_ROLES_SET = "manager-roles.set"
    GROUP_MADE = "group.made"
    GROUP_RENAMED = "group.renamed"
    GROUP_REMOVED = "group.removed"
    GROUP_JOINED = "group.joined"
    GROUP_LEFT = "group.left"
    GUEST_LINK_MADE = "guest-link.made"
    GUEST_LINK_REVOKED = "guest-link.revoked"
    GUEST_CODE_SENT = "guest-code.sent"
    GUEST_CODE_FAILED = "guest-code.failed"
    GUEST_ENTERED = "guest.entered"
    PROVIDER_ADDED = "provider.added"
    PROVIDER_CHANGED = "provider.changed"
    PROVIDER_TESTED = "provider.tested"
    PROVIDER_SWITCHED = "provider.switched"
    PROVIDER_REMOVED = "provider.removed"
    PROVIDER_VOUCHED = "provider.vouched"
    PROVIDER_LINKED = "provider.linked"
    PROVIDER_UNLINKED = "provider.unlinked"
    PROVIDER_ENDED = "provider.ended-sessions"
    DOMAIN_ADDED = "domain.added"
    DOMAIN_PROVED = "domain.proved"
    DOMAIN_REMOVED = "domain.removed"
    DOMAIN_MISSED = "domain.missed"
    DOMAIN_LAPSED = "domain.lapsed"
    LOOKED_AS = "client.looked"
    CONDITIONS_SET = "conditions.set"
    RULE_STARTED = "rule.started"
    RULE_ENDED = "rule.ended"
    NETWORK_SET = "network.set"
    NETWORK_REMOVED = "network.removed"
    SIGNED_IN = "session.started"
    SIGN_IN_FAILED = "session.failed"
    SIGN_IN_LOCKED = "session.locked"
    SIGN_IN_UNLOCKED = "session.unlocked"
    SIGNED_OUT = "session.ended"
    FACTOR_ADDED = "factor.added"
    FACTOR_REMOVED = "factor.removed"
    FACTOR_FAILED = "factor.failed"
    FACTOR_RENAMED = "factor.renamed"
    FACTOR_COPIED = "factor.copied"
    CONFIRMED = "session.confirmed"
    RECOVERY_CODES_MADE = "recovery-codes.made"
    CODE_MAILED = "code.mailed"
    DEVICE_TRUSTED = "device.trusted"
    DEVICE_FORGOTTEN = "device.forgotten"
    SIGN_IN_DENIED = "session.denied"
    RECOVERY_ASKED = "recovery.asked"
    RECOVERY_CONFIRMED = "recovery.confirmed"
    RECOVERY_DECLINED = "recovery.declined"
    RECOVERY_STOPPED = "recovery.stopped"
    RECOVERY_DONE = "recovery.done"
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
    FOLDER_CLOSED = "folder.closed"
    FOLDER_OPENED = "folder.opened"
    LABEL_SET = "label.set"
    SPACE_CREATED = "space.created"
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
    ACCESS_ASKED = "access.asked"
    ACCESS_GIVEN = "access.given"
    ACCESS_DECLINED = "access.declined"
    ACCESS_TAKEN_BACK = "access.taken-back"
    ACCESS_LAPSED = "access.lapsed"
    ACCESS_ENDED = "access.ended"
    REVIEW_STARTED = "review.started"
    REVIEW_KEPT = "review.kept"
    REVIEW_REMOVED = "review.removed"
    REVIEW_LATE = "review.late"
    REVIEW_CLOSED = "review.closed"
    REVIEW_EXPORTED = "review.exported"
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
