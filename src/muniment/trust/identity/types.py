"""What other apps may know of people, their spaces, sessions, invitations and mails."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from muniment.trust.access.types import GuestLinkFacts
from muniment.trust.identity.stepping_up.ways import Offer, Way

__all__ = ["Offer", "Way"]  # beside what stands below

SECOND_FACTORS = frozenset({"totp", "recovery_codes", "webauthn", "provider-mfa"})
"""What the sign-in library calls the ways to prove a second factor here."""

PROVED_HERE = frozenset({"totp", "recovery_codes", "webauthn"})
"""Those of them that the person used at the moment that was written down; a provider may have seen theirs long ago."""


@dataclass(frozen=True)
class Person:
    """One person, as shown in lists, the log and the account menu."""

    id: UUID
    name: str
    email: str
    kind: str
    active: bool
    last_sign_in_at: datetime | None

    @property
    def first_name(self) -> str:
        """The first word of the name, for greetings."""
        return self.name.split(" ", 1)[0]


@dataclass(frozen=True)
class Company:
    """A client company, or the firm (`kind` "firm"): its name, and in a line what it does."""

    id: UUID
    kind: str
    name: str
    line: str


@dataclass(frozen=True)
class Space:
    """A company a person may enter: `membership` is "contact" or "staff"."""

    id: UUID
    kind: str
    name: str
    line: str
    membership: str
    since: datetime


@dataclass(frozen=True)
class Member:
    """One person of a client with the roles on the whole of it, their groups' among them, and the groups' names.

    `ends_at` is the end of the newest, if it has one.
    """

    person: Person
    kind: str
    roles: tuple[str, ...]
    purpose: str
    since: datetime
    ends_at: datetime | None
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Invitation:
    """One invitation that can still be accepted."""

    id: UUID
    email: str
    name: str
    kind: str
    role: str
    purpose: str
    invited_by: UUID | None
    created_at: datetime
    expires_at: datetime
    grant_until: datetime | None


@dataclass(frozen=True)
class InvitationShown:
    """An invitation as its own page shows it, to whoever has the link."""

    name: str
    email: str
    inviter: str
    client_name: str
    role: str
    purpose: str
    expires_at: datetime
    has_account: bool


@dataclass(frozen=True)
class GuestLink:
    """A guest link and the address it was made for; empty once that was erased."""

    link: GuestLinkFacts
    email: str


@dataclass(frozen=True)
class SignInFacts:
    """How a person signs in: the second factor since when, how many recovery codes are left, the last change."""

    second_factor_since: datetime | None
    recovery_codes_left: int
    changed_at: datetime | None


@dataclass(frozen=True)
class Place:
    """A company a person belongs to (or the firm), with the newest role there and its end."""

    id: UUID
    kind: str
    name: str
    role: str
    until: datetime | None


@dataclass(frozen=True)
class Session:
    """One browser a person is signed in with."""

    id: UUID
    device: str
    ip: str
    country: str
    created_at: datetime
    used_at: datetime
    current: bool


@dataclass(frozen=True)
class Attachment:
    """A small file that goes with a mail, such as a receipt."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class Letter:
    """One mail as the demo shows it; of attachments only the names."""

    id: UUID
    to: str
    subject: str
    body: str
    created_at: datetime
    sent_at: datetime | None
    attached: tuple[str, ...] = ()


@dataclass(frozen=True)
class MailState:
    """Whether mails go out: how many wait, since when, and whether a mail server is set at all."""

    server: bool
    waiting: int
    oldest_at: datetime | None
    tries: int
