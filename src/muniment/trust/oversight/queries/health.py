"""How many reviews are open and late, over all clients: counts and a time alone."""

from dataclasses import dataclass

from django.db import connection

from muniment.core import clock


@dataclass(frozen=True)
class ReviewCounts:
    """Open reviews, late ones among them, and for how many days the oldest has been late."""

    open: int
    late: int
    days: int


def review_counts() -> ReviewCounts:
    """Return how many reviews are open and late."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("select * from app.review_counts(%s)", [now])
        row = cursor.fetchone() or (0, 0, None)
    return ReviewCounts(row[0], row[1], (now - row[2]).days if row[2] else 0)
