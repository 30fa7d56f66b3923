"""Measuring in turns: every round measures everything once, so that a slow minute hits all alike."""

import statistics
from collections.abc import Callable, Mapping

Measure = Callable[[], float]


def interleave(measures: Mapping[str, Measure], rounds: int) -> dict[str, list[float]]:
    """Call each measure once a round and return what each gave, in order."""
    found: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            found[name].append(measure())
    return found


def medians(measures: Mapping[str, Measure], rounds: int) -> dict[str, float]:
    """Return the median of each measure over interleaved rounds."""
    return {name: statistics.median(values) for name, values in interleave(measures, rounds).items()}
