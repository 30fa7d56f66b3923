"""Periods of the log: the usual ones, those that rules demand, and those of one client."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

LONGEST_MONTHS = 1200


@dataclass(frozen=True)
class Periods:
    """How many months an entry says who did it and from where (`private`), and what was done (`core`)."""

    private_months: int
    core_months: int

    def longest(self, *others: "Periods") -> "Periods":
        """Return, for each part, the longest of these periods."""
        every = (self, *others)
        return Periods(max(one.private_months for one in every), max(one.core_months for one in every))

    def covers(self, other: "Periods") -> bool:
        """Tell whether no part is kept for less than in `other`."""
        return self.longest(other) == self


USUAL = Periods(private_months=13, core_months=120)
RULES = {
    # 45 CFR 164.316(b)(2)(i): six years. Who looked at a record is part of what has to be kept.
    "hipaa": Periods(private_months=72, core_months=72),
    # PCI DSS 4.0, 10.5.1: twelve months, three of them at once at hand; here all of them are.
    "pci": Periods(private_months=12, core_months=12),
}


@dataclass(frozen=True)
class LogRetention:
    """How long the log of one client is kept, and how far it has been shortened.

    `minimum` is what nobody can go below; until `private_dropped_before` and `core_dropped_before` the parts
    are gone. While `is_held`, nothing is dropped, whatever the periods say.
    """

    rules: tuple[str, ...]
    periods: Periods
    minimum: Periods
    is_held: bool
    set_by: UUID | None
    set_at: datetime | None
    private_dropped_before: datetime | None
    core_dropped_before: datetime | None


@dataclass(frozen=True)
class Dropped:
    """How many parts of entries were dropped."""

    private: int
    core: int
