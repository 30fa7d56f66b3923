"""From `muniment up` to the first page."""

import statistics
from pathlib import Path

from bench.launching import Launch
from bench.results import Result, limited

LIMIT_SECONDS = 10


def measure(top: Path, rounds: int = 3) -> list[Result]:
    """Return the time to the first page in an empty directory and in one that was used before."""
    first: list[float] = []
    again: list[float] = []
    for number in range(rounds):
        launch = Launch(top / f"start-{number}", demo=False)
        for found in (first, again):
            try:
                found.append(launch.start())
            finally:
                launch.stop()
    return [
        limited("start in an empty directory", statistics.median(first), "s", LIMIT_SECONDS),
        limited("start again", statistics.median(again), "s", LIMIT_SECONDS),
    ]
