"""A log as people read it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class LogLine:
    """One entry in words. `place` and `device` are empty once the private part was dropped, `name` says so."""

    id: UUID
    at: datetime
    event: str
    allowed: bool
    name: str
    kind: str
    words: str
    thing: str
    purpose: str
    place: str
    device: str
