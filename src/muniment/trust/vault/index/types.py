"""What the index takes and what it answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

RULES: Final = 1
"""The rules by which words are found; when they change, this grows and everything is read again."""

WAITING, WHOLE, CUT, TOO_LARGE, UNREADABLE, NO_TEXT = STATES = (
    "waiting",  # its text has not been read yet
    "whole",
    "cut",  # its first words only
    "too-large",
    "unreadable",
    "no-text",
)
"""How far the text of a thing was read; in all of them its name is found."""


@dataclass(frozen=True)
class Thing:
    """A thing as the index knows it: what sort it is ("document"), where it lies, what orders and narrows it.

    `edition` counts up when its text changes.
    """

    id: UUID
    sort: str
    name: str
    kind: str
    place_id: UUID | None
    ranked_at: datetime
    edition: int


@dataclass(frozen=True)
class Within:
    """Where to look: in these places and at these things; None for both looks everywhere in the client."""

    places: frozenset[UUID]
    things: frozenset[UUID]


@dataclass(frozen=True)
class After:
    """The last hit of the page before."""

    ranked_at: datetime
    id: UUID


@dataclass(frozen=True)
class Hit:
    """Something that may be what is looked for.

    With `has_words` all words are in its name or text. Without, its name holds the parts asked for, and the caller
    compares the name itself. Whether it may be seen is decided by its own app.
    """

    client_id: UUID
    id: UUID
    ranked_at: datetime
    has_words: bool


@dataclass(frozen=True)
class IndexState:
    """How a thing is indexed: which edition, by which rules, how far."""

    edition: int
    rules: int
    state: str

    def is_true(self, edition: int) -> bool:
        """Return whether this is all there is to know about a thing in its present edition."""
        return self.state != WAITING and (self.edition, self.rules) == (edition, RULES)
