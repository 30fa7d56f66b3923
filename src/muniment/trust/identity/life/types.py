"""People as the pages about their coming and going show them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

ByFilter = Literal["", "no-factor", "inactive", "locked", "external", "disabled"]
FILTERS: Final[tuple[ByFilter, ...]] = ("", "no-factor", "inactive", "locked", "external", "disabled")
WhyDisabled = Literal["administrator", "inactive", "directory"]
WARNED_BEFORE_DAYS: Final = 14


@dataclass(frozen=True)
class PersonRow:
    """One person as who administers the firm sees them. `seen_at` is when they last signed in, if they ever did."""

    id: UUID
    name: str
    email: str
    kind: str
    created_at: datetime
    seen_at: datetime | None
    disabled_at: datetime | None
    why_disabled: str
    warned_at: datetime | None
    has_factor: bool
    is_locked: bool
    is_break_glass: bool
    clients: tuple[str, ...] = ()


@dataclass(frozen=True)
class PeoplePage:
    """Some people, and the keys of the pages before and after. `unread` says that not every name was looked at."""

    rows: tuple[PersonRow, ...]
    newer: UUID | None = None
    older: UUID | None = None
    unread: bool = False


@dataclass(frozen=True)
class Waiting:
    """A change of address that waits for one mailbox or both."""

    id: UUID
    email: str
    old_confirmed: bool
    new_confirmed: bool
    expires_at: datetime


@dataclass(frozen=True)
class Line:
    """One line of a list of people: what was read, and what is wrong with it, each in a sentence."""

    number: int
    name: str
    email: str
    role: str
    purpose: str
    until: datetime | None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A list of people as it was read. `problem` is what is wrong with the whole of it; then there are no lines."""

    lines: tuple[Line, ...] = field(default=())
    problem: str = ""

    @property
    def is_good(self) -> bool:
        """Whether everybody in it can be invited."""
        return bool(self.lines) and not self.problem and not any(line.problems for line in self.lines)
