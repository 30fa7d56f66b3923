"""Mails on their way, as those see them who look after them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

LetterState = Literal["waiting", "failed", "sent", "dropped"]
RecordState = Literal["good", "missing", "weak", "unknown", "unanswered"]


@dataclass(frozen=True)
class Trouble:
    """Why a try to send a mail failed: a word of ours, or the server's code such as "550 5.1.1".

    `is_final`: trying again is of no use. `is_address`: the server says that there is no such address.
    """

    code: str
    is_final: bool = False
    is_address: bool = False


@dataclass(frozen=True)
class QueuedLetter:
    """One mail in the queue; whom it is for, never what it says. `to` is empty once it was sent or dropped."""

    id: UUID
    kind: str
    state: LetterState
    person_id: UUID | None
    to: str
    created_at: datetime
    tries: int
    tried_at: datetime | None
    trouble: str
    drop_reason: str
    sent_at: datetime | None


@dataclass(frozen=True)
class Counts:
    """How many mails wait, failed and were sent in the last 30 days."""

    waiting: int
    failed: int
    sent: int


@dataclass(frozen=True)
class Bounced:
    """Somebody to whose address mails come back, since when, and the mail server's code."""

    person_id: UUID
    name: str
    email: str
    at: datetime
    code: str


@dataclass(frozen=True)
class SenderRecord:
    """A DNS record by which others judge the portal's mails: its name, what it should be, what was found."""

    what: Literal["spf", "dkim", "dmarc"]
    name: str
    state: RecordState
    found: str = ""
