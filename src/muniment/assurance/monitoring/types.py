"""Values about alarms."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from muniment.core.health import Topic


@dataclass(frozen=True)
class AlarmFacts:
    """One alarm: since when, until when (None while it is red), and when people had been told of either."""

    id: UUID
    topic: str
    name: str
    raised_at: datetime
    cleared_at: datetime | None = None
    told_at: datetime | None = None
    told_end_at: datetime | None = None


@dataclass(frozen=True)
class Trouble:
    """What a look found to be bad: the words of its line on the health page."""

    topic: Topic
    name: str
    sentence: str
    todo: str


@dataclass(frozen=True)
class Recipient:
    """Who is told by mail, and in which language."""

    address: str
    language: str


@dataclass(frozen=True)
class PartFacts:
    """What the supervisor says of one of its programs."""

    name: str
    is_running: bool
    died_at: datetime | None

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> "PartFacts":
        """Return it from the supervisor's file."""
        died = found["died_at"]
        return cls(str(found["name"]), bool(found["running"]), datetime.fromisoformat(died) if died else None)
