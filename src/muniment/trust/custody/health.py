"""Look at the age of keys, at rotations, and at destructions that failed."""

from collections.abc import Iterator

from muniment.core.health import HealthLine
from muniment.trust.custody import queries
from muniment.trust.vault import actions as vault


def keys() -> Iterator[HealthLine]:
    """Tell which keys have sealed for too long, and whether a rotation is stuck."""
    overdue = queries.warnings()
    for sentence in overdue:
        yield HealthLine("Overdue key", "notice", sentence)
    if not overdue:
        yield HealthLine("Age of keys", "good", "No key has sealed for longer than it should.")
    for turning in vault.turnings(1):
        if turning.finished_at is None:
            trouble = f" It was interrupted ({turning.trouble}) and is tried again." if turning.trouble else ""
            yield HealthLine(
                "Rotation of keys",
                "bad" if turning.trouble else "good",
                f"{turning.what}: {turning.clients_done} of {turning.clients_total} clients are done.{trouble}",
            )
