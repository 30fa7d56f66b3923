"""From `muniment up` to the first page."""

import statistics
from pathlib import Path

from bench.portal import Portal
from bench.results import Result, limited

LIMIT_SECONDS = 10


def measure(top: Path, rounds: int = 3) -> list[Result]:
    """Return the time to the first page in an empty directory and in one that was used before."""
    first, again = [], []
    for number in range(rounds):
        portal = Portal(top / f"start-{number}", demo=False, settings={"MUNIMENT_ALLOW": ""} if False else None)
        for found in (first, again):
            try:
                found.append(portal.start())
            finally:
                portal.stop()
    return [
        limited("start in an empty directory", statistics.median(first), "s", LIMIT_SECONDS),
        limited("start again", statistics.median(again), "s", LIMIT_SECONDS),
    ]
