"""Look at reviews that are late."""

from collections.abc import Iterator

from muniment.core.health import HealthLine
from muniment.trust.oversight.queries.health import review_counts


def reviews() -> Iterator[HealthLine]:
    """Tell how many reviews of access are open, and how many of them are late."""
    found = review_counts()
    if found.late:
        days = f" the oldest for {found.days} days" if found.days else " since today"
        sentence = f"{found.late} of {found.open} open reviews are late,{days}: see Reviews."
        yield HealthLine("Reviews of access", "notice", sentence)
    else:
        yield HealthLine("Reviews of access", "good", f"{found.open} are open, none is late.")
