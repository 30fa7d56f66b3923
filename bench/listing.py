"""A page of 100 rows among few and among very many documents: the server's processor time and the time to wait."""

import re
import statistics
import time
from dataclasses import dataclass

from bench import beside, process_tree
from bench.portal import Portal, Visitor, fetch
from bench.results import Result, compared, limited

COUNTS = (100, 10_000, 1_000_000)
PAGES = 40
LIMIT_MILLISECONDS = 15
GROWTH = "<= 1.2"
OLDER = re.compile(r'href="([^"]*[?&;]older=[^"]*)"')


@dataclass(frozen=True)
class Sample:
    """The medians or means of one measure, in milliseconds a page."""

    processor: float
    wall: float


def fill(portal: Portal, reader: str, counts: tuple[int, ...] = COUNTS) -> list[str]:
    """Fill a client for each count and return their public ids."""
    found: list[str] = beside.ask(portal, "bench.filling", portal.people()[reader]["email"], *counts)
    return found


def measure(
    portal: Portal, visitor: Visitor, clients: list[str], counts: tuple[int, ...] = COUNTS, rounds: int = 5
) -> list[Result]:
    """Return what a page costs in each client, measured in turns."""
    paths = {count: f"/{client}/documents/?rows=100" for count, client in zip(counts, clients, strict=True)}
    most = max(counts)
    deep = _older(portal, visitor, paths[most])
    samples: dict[str, list[Sample]] = {}
    process_tree.settle(portal.process_id)
    for _ in range(rounds):
        for name, path in (*((str(count), path) for count, path in paths.items()), ("older", deep)):
            samples.setdefault(name, []).append(_sample(portal, visitor, path, PAGES // rounds))
    few, many = str(min(counts)), str(most)
    costs = [
        limited(
            f"list of 100 among {count:,}, server's CPU",
            _median(samples[str(count)], "processor"),
            "ms",
            LIMIT_MILLISECONDS,
        )
        for count in counts
    ]
    growth = [
        compared(
            f"{page}, {said}",
            _median(samples[ours], field),
            "ms",
            f"among {few}:",
            _median(samples[few], field),
            aim=GROWTH,
        )
        for page, ours in ((f"list of 100 among {most:,}", many), (f"older page among {most:,}", "older"))
        for field, said in (("processor", "server's CPU"), ("wall", "whole"))
    ]
    return costs + growth


def _older(portal: Portal, visitor: Visitor, path: str, pages: int = 5) -> str:
    """Return the address of a page further back in the list, found by its links."""
    for _ in range(pages):
        found = OLDER.search(portal.get(visitor, path))
        if found is None:
            break
        path = found[1].replace("&amp;", "&")
    return path


def _sample(portal: Portal, visitor: Visitor, path: str, pages: int) -> Sample:
    """Fetch a page several times over one connection."""
    connection = portal.address.connect()
    try:
        fetch(connection, path, visitor.headers)
        before, times = process_tree.processor_seconds(portal.process_id), []
        for _ in range(pages):
            begun = time.monotonic()
            fetch(connection, path, visitor.headers)
            times.append(time.monotonic() - begun)
        used = process_tree.processor_seconds(portal.process_id) - before
    finally:
        connection.close()
    return Sample(1000 * used / pages, 1000 * statistics.median(times))


def _median(samples: list[Sample], field: str) -> float:
    found: list[float] = [getattr(sample, field) for sample in samples]
    return statistics.median(found)
