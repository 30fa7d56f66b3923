"""What notices are made of: their kinds, when they go by mail, and what pages show of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from django.utils.functional import Promise

from muniment.core.telling import Concerned, Told
from muniment.trust.audit.types import Event

How = Literal["at-once", "hourly", "daily", "never"]
HOWS: Final[tuple[How, ...]] = ("at-once", "hourly", "daily", "never")
HOURS: Final = 24
ALL_KINDS: Final = ""
"""Stands for every kind where one could be named."""


@dataclass(frozen=True)
class Source:
    """One kind of notices: what it is called, and whom each of its events concerns."""

    kind: str
    title: Promise
    concerned: Mapping[Event, Callable[[Told], Concerned]]


@dataclass(frozen=True)
class Habits:
    """When mails suit a person: hours of the day in their zone; quiet hours run from one to the other, around midnight.

    Without both there are none. `daily_hour` is when the mail of the day comes. `zone` is the one they read pages in.
    """

    zone: str = "UTC"
    daily_hour: int = 8
    quiet_from: int | None = None
    quiet_until: int | None = None


@dataclass(frozen=True)
class NoticeFacts:
    """One notice, as its person sees it."""

    id: UUID
    client_id: UUID
    kind: str
    event: str
    by_id: UUID | None
    url: str
    at: datetime
    read_at: datetime | None


@dataclass(frozen=True)
class Choices:
    """How somebody wants each kind of notices by mail, and when mails suit them."""

    habits: Habits
    how: Mapping[str, How]
