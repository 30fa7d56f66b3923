"""Tickets as values: what a client asked for, how it goes on, and which moves there are."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

State = Literal["new", "working", "waiting", "done", "reopened", "declined"]
Side = Literal["staff", "contact"]
Became = Literal["checklist", "task"]

STATES: tuple[State, ...] = ("new", "reopened", "working", "waiting", "done", "declined")
OPEN: tuple[State, ...] = ("new", "reopened", "working", "waiting")
"""The states in which somebody still has something to do."""

FIRMS_TURN: tuple[State, ...] = ("new", "reopened", "working")
"""The open states in which it is the firm's turn; in the other one it is the client's."""

_WORK: frozenset[State] = frozenset({"working", "waiting", "done", "declined"})

MOVES: dict[Side, dict[State, frozenset[State]]] = {
    "staff": {
        "new": _WORK,
        "reopened": _WORK,
        "working": _WORK - {"working"},
        "waiting": _WORK - {"waiting"},
        "done": frozenset({"reopened"}),
        "declined": frozenset({"reopened"}),
    },
    "contact": {
        "new": frozenset({"done"}),
        "reopened": frozenset({"done"}),
        "working": frozenset({"done"}),
        "waiting": frozenset({"working", "done"}),
        "done": frozenset({"reopened"}),
        "declined": frozenset({"reopened"}),
    },
}
"""From which state into which a ticket goes, by who moves it: all other moves are refused."""

TITLE_MOST, TEXT_MOST, WORD_MOST, NOTE_MOST = 160, 20_000, 2000, 5000


def needs_word(side: Side, before: State, after: State) -> bool:
    """Return whether a move says why: what is waited for, why it is declined or not settled, what the answer is."""
    return after in {"waiting", "declined", "reopened"} or (
        side == "contact" and (before, after) == ("waiting", "working")
    )


@dataclass(frozen=True)
class KindFacts:
    """One kind of ticket. `title` and `hint` are empty where the built-in words count."""

    id: UUID
    name: str
    title: str
    hint: str
    place: int
    version: int
    retired_at: datetime | None


@dataclass(frozen=True)
class TicketFacts:
    """One ticket as lists show it. `version` is what a form carries, so that nobody writes over somebody else."""

    id: UUID
    client_id: UUID
    number: int
    kind: KindFacts
    title: str
    state: State
    version: int
    asked_by: UUID | None
    asked_at: datetime
    moved_at: datetime
    assignee_id: UUID | None
    due_on: date | None
    satisfied: bool | None
    became: Became | None = None
    became_id: UUID | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody still has something to do."""
        return self.state in OPEN


@dataclass(frozen=True)
class MoveFacts:
    """One move of a ticket, with the word that came with it."""

    before: State
    after: State
    word: str
    moved_by: UUID | None
    moved_at: datetime


@dataclass(frozen=True)
class NoteFacts:
    """One note of the firm about a ticket, which contacts never see."""

    id: UUID
    text: str
    written_by: UUID | None
    written_at: datetime


@dataclass(frozen=True)
class Attached:
    """A document beside a ticket, as far as the reader may open it."""

    document_id: UUID
    name: str


@dataclass(frozen=True)
class TicketDetails:
    """All that the page of a ticket shows. `notes` are there for those alone who may read them."""

    ticket: TicketFacts
    text: str
    satisfied_word: str
    moves: list[MoveFacts]
    attached: list[Attached]
    notes: list[NoteFacts]
    may: frozenset[str]
    next_states: tuple[State, ...]


@dataclass(frozen=True)
class Wanted:
    """Which tickets a list shows: `state` one of them, "open", "closed" or "" for all; nothing chosen means any."""

    state: str = "open"
    kind: str = ""
    who: str = ""  # "mine", "nobody" or ""
    client_id: UUID | None = None
    is_late: bool = False
    older: tuple[datetime, UUID] | None = None


@dataclass(frozen=True)
class TicketPage:
    """A page of tickets, the last moved first, and where the next one begins."""

    rows: list[TicketFacts] = field(default_factory=list)
    older: tuple[datetime, UUID] | None = None


@dataclass(frozen=True)
class Triage:
    """What stands over the list of all clients: how many tickets wait, by whose turn it is."""

    new: int = 0
    mine: int = 0
    unassigned: int = 0
    late: int = 0
    waiting: int = 0
