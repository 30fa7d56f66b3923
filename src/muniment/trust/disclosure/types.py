"""A log as people read it, and what is handed out of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args
from uuid import UUID

from muniment.trust.audit.queries import LogFilter

Form = Literal["csv", "json", "pdf", "mlog"]
Why = Literal["keep", "verify"]
FORMS: tuple[Form, ...] = get_args(Form)
MEDIA_TYPES: dict[Form, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "mlog": "application/vnd.muniment.log+jsonl",
}
MOST_ON_PAPER = 5000
RECEIPT_TYPE = "application/vnd.muniment.receipt+json"


@dataclass(frozen=True)
class LogLine:
    """One entry in words. Where the private part was dropped, nothing is known of `place` and `device`."""

    id: UUID
    at: datetime
    event: str
    allowed: bool
    name: str  # of who did it, or a word for nobody known
    kind: str  # "staff", "contact", "system" or "anonymous"; empty once it was dropped
    words: str  # what was done, with the name of the thing where the reader may see it
    thing: str
    purpose: str
    place: str
    device: str


@dataclass(frozen=True)
class Export:
    """What may go into a file: entries that `wanted` fits, older than the entry `id` about this export."""

    id: UUID
    form: Form
    wanted: LogFilter
    at: datetime


@dataclass(frozen=True)
class Title:
    """What a file says about itself: whose log, taken by whom and when, and what was looked for, in words."""

    client: str
    taker: str
    at: datetime
    filters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """One step up a tree: the hash beside (`is_left`: it stands on the left), and what both make together."""

    beside: bytes
    is_left: bool
    parent: bytes


@dataclass(frozen=True)
class Path:
    """A leaf, the steps that lead from it to the root, and the checkpoint that was signed over that root."""

    leaf: bytes
    index: int
    steps: tuple[Step, ...]
    origin: str
    size: int
    root: bytes


@dataclass(frozen=True)
class ProofFacts:
    """Why an entry cannot be changed any more: its path in its log, the path of that log's head in the register."""

    log: Path
    register: Path
    signers: tuple[str, ...]


@dataclass(frozen=True)
class ReceiptFile:
    """A receipt as a file."""

    name: str
    data: bytes


@dataclass(frozen=True)
class ReceiptArchive:
    """Which receipts of a month go into a file: those of `wanted`, older than the entry `id` about this file."""

    id: UUID
    month: date
    wanted: LogFilter


@dataclass(frozen=True)
class Letters:
    """Which letters about a client's log are sent, and who chose so; nobody yet where they are the usual ones."""

    weekly: bool
    receipts: bool
    set_by: UUID | None
    set_at: datetime | None


@dataclass(frozen=True)
class Week:
    """How much happened in a log between two moments, and the checkpoint of its head then; nothing where none is."""

    since: datetime
    until: datetime
    acts: int
    refused: int
    downloads: int
    head: str | None
