"""Checklists, items and templates as values, for pages and for other apps."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from muniment.portal.checklists.plans import Plan
from muniment.portal.checklists.states import TO_DO, TO_REVIEW, State

Kind = Literal["upload", "answer", "approve", "read"]
Shape = Literal["text", "choice", "number", "date", "yes-no", ""]
Side = Literal["client", "firm"]

KINDS: tuple[Kind, ...] = ("upload", "answer", "approve", "read")
SHAPES: tuple[Shape, ...] = ("text", "choice", "number", "date", "yes-no")
SIDES: tuple[Side, ...] = ("client", "firm")


@dataclass(frozen=True)
class Counts:
    """How far a checklist is, in items that are asked for: `to_do` + `to_review` + `accepted` are all of them."""

    to_do: int = 0
    sent_back: int = 0  # of those to do
    to_review: int = 0
    accepted: int = 0

    @property
    def asked(self) -> int:
        """How many items are asked for."""
        return self.to_do + self.to_review + self.accepted

    @property
    def done(self) -> int:
        """How many of them wait for nobody of the side that is asked."""
        return self.to_review + self.accepted

    @property
    def is_complete(self) -> bool:
        """Whether all of them are accepted."""
        return bool(self.accepted) and self.accepted == self.asked


@dataclass(frozen=True)
class ChecklistFacts:
    """A checklist that was sent. `next_due` is the earliest day by which something open is wanted."""

    id: UUID
    client_id: UUID
    title: str
    counts: Counts
    sent_at: datetime
    sent_by: UUID | None
    next_due: date | None
    reviewing_since: datetime | None
    reminded_at: datetime | None
    closed_at: datetime | None

    def is_late(self, today: date) -> bool:
        """Whether something open was wanted before today."""
        return self.closed_at is None and self.next_due is not None and self.next_due < today


@dataclass(frozen=True)
class FileFacts:
    """A document that came in for an item; `name` is empty for who may not open it."""

    id: UUID
    document_id: UUID
    name: str
    added_at: datetime
    added_by: UUID


@dataclass(frozen=True)
class UnfinishedFile:
    """A file of the reader's own that has not all arrived."""

    name: str
    received_bytes: int
    size_bytes: int


@dataclass(frozen=True)
class ItemFacts:
    """One item of a checklist that was sent, with its answer."""

    id: UUID
    checklist_id: UUID
    number: int
    section: str
    kind: Kind
    shape: Shape
    title: str
    text: str
    choices: tuple[str, ...]
    side: Side
    assignee_id: UUID | None
    due: date | None
    folder_id: UUID | None
    label: str
    document_id: UUID | None
    is_asked: bool
    state: State
    answer: str
    remark: str
    reason: str  # why it does not apply
    note: str  # why it was sent back
    draft: str
    draft_remark: str
    drafted_by: UUID | None
    drafted_at: datetime | None
    answered_at: datetime | None
    answered_by: UUID | None
    decided_at: datetime | None
    decided_by: UUID | None
    version: int

    def is_late(self, today: date) -> bool:
        """Whether it is open and was wanted before today."""
        return self.is_to_do and self.due is not None and self.due < today

    @property
    def is_to_do(self) -> bool:
        """Whether the side that is asked has something to do."""
        return self.is_asked and self.state in TO_DO

    @property
    def is_to_review(self) -> bool:
        """Whether the firm has something to look at."""
        return self.is_asked and self.state in TO_REVIEW


@dataclass(frozen=True)
class ChecklistPage:
    """All that the page of one checklist shows."""

    checklist: ChecklistFacts
    intro: str
    items: list[ItemFacts]
    file_counts: dict[UUID, int]
    may: frozenset[str]


@dataclass(frozen=True)
class ItemPage:
    """All that the page of one item shows; `before` and `after` are the items beside it that are asked for."""

    checklist: ChecklistFacts
    item: ItemFacts
    files: list[FileFacts]
    unfinished: list[UnfinishedFile]
    document_name: str
    folder_name: str
    before: UUID | None
    after: UUID | None
    may: frozenset[str]


@dataclass(frozen=True)
class TemplateFacts:
    """A template of the firm."""

    id: UUID
    plan: Plan
    version: int
    changed_at: datetime
    changed_by: UUID | None
    retired_at: datetime | None = None


@dataclass(frozen=True)
class DraftFacts:
    """A checklist that was not sent yet; the client's people do not see it."""

    id: UUID
    plan: Plan
    version: int
    changed_at: datetime
    changed_by: UUID | None
    template_id: UUID | None = None


@dataclass(frozen=True)
class Sending:
    """How something is sent: what stands for the words in braces, and the day that due dates are counted from."""

    counted_from: date
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reached:
    """What came of asking one client among many: the checklist, or the sentence that says why there is none."""

    client_id: UUID
    checklist_id: UUID | None = None
    refusal: str = ""
