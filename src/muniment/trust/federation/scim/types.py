"""Directories as pages and programs see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

RECORDS_MOST: Final = 20_000
OPENED_MOST: Final = 5_000  # for one question that no index answers
OPENED_A_MINUTE: Final = 30_000  # for all questions: about a third of one core
RESULTS_MOST: Final = 200
BODY_MOST: Final = 256 * 1024
TOKEN_DAYS_MOST: Final = 366
REQUESTS_A_MINUTE: Final = 1_200
FAILURES, FAILURES_SECONDS = 20, 900
KEPT_MOST: Final = 2 * 1024 * 1024  # of one user or group, however many requests it grew by
DAY_SECONDS: Final = 86_400
BROUGHT_A_DAY: Final = 5  # so often is one person brought in a day, each time with a mail


@dataclass(frozen=True)
class TokenFacts:
    """The token of a directory as its page shows it."""

    id: UUID
    name: str
    role: str
    made_by: UUID | None
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None

    def is_over(self, now: datetime) -> bool:
        """Return whether it opens nothing any more."""
        return now >= self.expires_at


@dataclass(frozen=True)
class DirectoryCounts:
    """What a directory has brought: users, those among them who belong here, those who were asked, and groups."""

    users: int
    joined: int
    asked: int
    without_address: int
    groups: int
