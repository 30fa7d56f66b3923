"""What the vault says about uploaded bytes, as values for other apps."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID


class Verdict(StrEnum):
    """Where a blob stands: nobody opens it unless it is clean, or two people let it go."""

    WAITING = "waiting"
    CLEAN = "clean"
    HELD = "held"
    REFUSED = "refused"
    RELEASED = "released"


class Outcome(StrEnum):
    """What a client's rule does with a kind of file, or with a danger found in one."""

    ALLOW = "allow"
    HOLD = "hold"
    REFUSE = "refuse"


KINDS = (
    "pdf",
    "image",
    "text",
    "office",
    "mail",
    "archive",
    "audio",
    "video",
    "html",
    "svg",
    "script",
    "program",
    "other",
)
"""What a file is, as far as its danger goes."""

DANGERS = ("macros", "active", "encrypted", "polyglot")
"""Macros and other programs of office documents, scripts of a PDF, what cannot be looked into, two kinds at once."""

RULED = (*KINDS, *DANGERS)
"""What a client may have a rule about."""

OPEN = frozenset({Verdict.CLEAN, Verdict.RELEASED})
"""Verdicts with which a blob can be opened."""

FOR_NOW = frozenset({"scanner-down", "busy"})
"""Reasons that have nothing to do with the file: it is vetted again until they are over."""


@dataclass(frozen=True)
class Vetting:
    """How a blob was vetted. `reason` is a code, empty when nothing was found; `detail` what it was found with.

    `scanner` names the virus scanner that looked and how new its signatures are; empty when none looked.
    """

    verdict: Verdict
    reason: str = ""
    detail: str = ""
    scanner: str = ""
    vetted_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether people may open it."""
        return self.verdict in OPEN

    @property
    def is_final(self) -> bool:
        """Whether it stays so until a person decides."""
        return self.verdict != Verdict.WAITING and self.reason not in FOR_NOW


StoreName = Literal["disk", "s3"]
"""What rows and settings call the stores."""


@dataclass(frozen=True)
class PlaceFacts:
    """A store that holds documents of a client: what rows call it, where it says it lies, who runs it."""

    store: str
    region: str
    provider: str


@dataclass(frozen=True)
class ResidencyFacts:
    """Where a client's documents may lie (empty: anywhere), and the stores that hold them."""

    client_id: UUID
    region: str
    places: tuple[PlaceFacts, ...]


@dataclass(frozen=True)
class StoredFacts:
    """A complete blob as its row knows it."""

    blob_id: UUID
    size_bytes: int
    proved_at: datetime | None


@dataclass(frozen=True)
class Moved:
    """What moving the blobs of a client to another store did."""

    moved: int = 0
    moved_bytes: int = 0
    under_way: int = 0
    """Uploads that are not finished and stay where they are."""
    too_large: int = 0
    """Blobs that the other store cannot hold."""
    damaged: tuple[UUID, ...] = ()
    """Blobs that did not open where they lie: they stay there, and somebody has to look."""


@dataclass(frozen=True)
class Collected:
    """What was removed from a store because no row needs it."""

    objects: int = 0
    """Complete blobs without a row, shredded, or moved away."""
    unfinished: int = 0
    """Bodies of uploads that nobody goes on with, and copies that were never completed."""
    ends: int = 0
    """Ends of uploads that were kept for an offset that has passed."""
    kept: int = 0
    """What a row needs, or what is too young to tell."""
    busy: int = 0
    """What somebody was writing to: the next run looks again."""

    @property
    def removed(self) -> int:
        """Return how many things were removed."""
        return self.objects + self.unfinished + self.ends

    def __add__(self, other: "Collected") -> "Collected":
        names = ("objects", "unfinished", "ends", "kept", "busy")
        return Collected(**{name: getattr(self, name) + getattr(other, name) for name in names})


@dataclass(frozen=True)
class Trial:
    """What was tried after a key was destroyed."""

    values: int
    """Sealed values and wrapped keys that were read and tried."""

    documents: int
    """Stored documents of which the first segment was read and tried."""

    keys: int
    """Keys at hand."""

    opened: int
    """How many opened: none, or the destruction has failed."""

    copies_left: int
    """Wrapped copies of the destroyed key that the database still holds: none."""


@dataclass(frozen=True)
class KeyFacts:
    """One kind of key, as the inventory shows it; `turned_at` is when the oldest of it that seals was made."""

    what: str
    """As `muniment keys rotate` calls it."""

    name: str
    algorithm: str
    version: int
    turned_at: datetime | None
    period_days: int | None
    """How long it may seal; None for one that never turns."""

    seals: str
    count: int | None

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether it has sealed for longer than it should."""
        if self.period_days is None or self.turned_at is None:
            return False
        return (now - self.turned_at).days >= self.period_days


@dataclass(frozen=True)
class TurningFacts:
    """One rotation of keys and how far it is."""

    id: UUID
    what: str
    subject_id: UUID | None
    reencrypts: bool
    begun_at: datetime
    step: str
    clients_done: int
    clients_total: int
    keys_wrapped: int
    values_sealed: int
    bytes_sealed: int
    worked_at: datetime | None
    trouble: str
    finished_at: datetime | None
