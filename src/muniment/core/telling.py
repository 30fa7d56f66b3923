"""Who is concerned by an act: what apps answer when the log moves on, for those who tell people."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Told:
    """An act as the log has it: `event` is its value ("thread.started"), `facts` its ids, numbers and times."""

    entry_id: UUID
    client_id: UUID
    event: str
    object_id: UUID | None
    facts: dict[str, Any]
    person_id: UUID | None
    at: datetime


@dataclass(frozen=True)
class Concerned:
    """The people whom an act concerns, as far as they may see it, and where it leads them."""

    people: frozenset[UUID]
    url: str
