"""A client's access profile: facts that administrators edit, and what comes of them."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from muniment.trust.access.words import ACTIONS, Action, Label

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
About = Literal["when", "where", "how", "why"]
Approver = Literal["administrator", "manager"]
SideName = Literal["staff", "contacts"]
MfaMode = Literal["required", "new-device", "optional"]
EmailCode = Literal["off", "clients-only"]
Composition = Literal["none", "pci", "classes"]

DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
APPROVERS: tuple[Approver, ...] = ("administrator", "manager")
SIDES: tuple[SideName, ...] = ("staff", "contacts")
MFA_MODES: tuple[MfaMode, ...] = ("required", "new-device", "optional")  # strictest first
EMAIL_CODES: tuple[EmailCode, ...] = ("off", "clients-only")
IDLE_MINUTES_MOST, HOURS_MOST = 60, 24  # of a session, whatever is set (NIST SP 800-63B, AAL2)
TRUSTED_DAYS_MOST = 30
COMPOSITIONS: tuple[Composition, ...] = ("none", "pci", "classes")  # strictest last
DAY_MINUTES = 24 * 60
EVERY: frozenset[Action] = frozenset(ACTIONS)
NONE: frozenset[Action] = frozenset()


@dataclass(frozen=True)
class Terms:
    """What has to be so; the empty terms close nothing. Sets of actions say to which of them a condition applies.

    No days mean every day, no countries and no networks everywhere, no purposes any. `opens` and `closes` are
    minutes after midnight in the profile's zone, the end excluded. `fresh` holds, for an action, how many minutes
    ago the sign-in was proved at most. What is in `never` is not done at all: {"download"} lets people look only.
    """

    days: frozenset[Day] = frozenset()
    opens: int = 0
    closes: int = DAY_MINUTES
    hours_for: frozenset[Action] = EVERY
    countries: frozenset[str] = frozenset()
    networks: frozenset[str] = frozenset()
    places_for: frozenset[Action] = EVERY
    second_factor_for: frozenset[Action] = NONE
    passkey_for: frozenset[Action] = NONE
    known_device_for: frozenset[Action] = NONE
    fresh: tuple[tuple[Action, int], ...] = ()
    purposes: frozenset[str] = frozenset()
    purposes_for: frozenset[Action] = EVERY
    never: frozenset[Action] = NONE


@dataclass(frozen=True)
class Side:
    """What holds for staff, or for contacts: `labels` add terms for things so labelled, and never replace `terms`.

    Session times are those of the installation where they are None, and can only be shorter. `composition` is which
    kinds of characters a password must have: any, letters and digits (PCI DSS 8.3.6), or all four.
    """

    terms: Terms = Terms()
    labels: tuple[tuple[Label, Terms], ...] = ()
    session_idle_minutes: int | None = None
    session_hours: int | None = None
    passwords: bool = True
    composition: Composition = "none"

    def labelled(self, label: Label | None) -> Terms:
        """Return what holds for things of a label on top of `terms`."""
        return next((terms for name, terms in self.labels if name == label), Terms())


@dataclass(frozen=True)
class Profile:
    """When, where, how and why a client's things are open. The default closes nothing.

    `approver` is who the second person of a request is; `starter` names the ready-made profile it began as.
    `mfa_mode` says when contacts pass a second step, `email_code` whether a mailed code can be it; staff pass one
    always, and never by mail. For `trusted_days` a device that somebody says is theirs asks for no second step; 0 is
    never. After a colleague confirmed that somebody lost what they sign in with, `recovery_hours` pass before it goes.
    """

    zone: str = "UTC"
    staff: Side = Side()
    contacts: Side = Side()
    retention_days: int | None = None
    review_days: int = 91
    inactive_days: int = 90
    approver: Approver = "administrator"
    mfa_mode: MfaMode = "required"
    email_code: EmailCode = "off"
    trusted_days: int = 0
    recovery_hours: int = 24
    starter: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the profile as JSON has it: every field, sets as sorted lists."""
        found: dict[str, Any] = _plain(self)
        return found

    @property
    def digest(self) -> str:
        """The SHA-256 of its canonical JSON, in hexadecimal."""
        text = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def side(self, name: SideName) -> Side:
        """Return what holds for one side."""
        return self.staff if name == "staff" else self.contacts


@dataclass(frozen=True)
class SignInTerms:
    """What the places of one person ask of their sign-in, of each thing the strictest; the default is for no place.

    Session times are None where no profile shortens those of the installation.
    """

    mode: MfaMode = "required"
    email_code: bool = False
    trusted_days: int = 0
    recovery_hours: int = 24
    idle_minutes: int | None = None
    hours: int | None = None


@dataclass(frozen=True)
class Network:
    """A named range of addresses; what is blocked is closed to everybody."""

    id: UUID
    name: str
    cidrs: tuple[str, ...]
    is_blocked: bool = False


@dataclass(frozen=True)
class Reason:
    """One condition that closes something, or could: a sentence for people, and what would help.

    `label` is the label whose terms close it; None: what holds for everything does.
    """

    code: str
    about: About
    sentence: str
    remedy: str
    label: Label | None = None


@dataclass(frozen=True)
class Verdict:
    """What conditions say of one action: refused for these reasons, or let through."""

    allowed: bool
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Opening:
    """Which labels are open now, and why the others, or everything, are not."""

    labels: frozenset[Label]
    reasons: tuple[Reason, ...] = ()

    @property
    def shut(self) -> tuple[Reason, ...]:
        """Why nothing at all is open; empty when something without a label is."""
        return tuple(reason for reason in self.reasons if reason.label is None)


@dataclass(frozen=True)
class ProfileFacts:
    """A profile as it is in force; the built-in default was set by nobody. `rules_hash` covers the extra rules too."""

    profile: Profile
    version: int
    set_by: UUID | None
    set_at: datetime | None
    rules_hash: str


def _plain(value: Any) -> Any:
    if isinstance(value, Terms | Side | Profile):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):  # pairs: (action, minutes) or (label, terms)
        return {name: _plain(inner) for name, inner in value}
    return value
