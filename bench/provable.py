"""What the provable log costs: in a transaction, in the sequencer, for a proof, for its page, and to check it again."""

import statistics
import time
from pathlib import Path

from bench import beside, process_tree, verifying
from bench.portal import Portal, Visitor, fetch
from bench.results import Result, compared

COUNTS = (100, 1_000_000)
CLIENTS = (1, 100, 1_000)
ENTRIES = 40_000
TREE = 10_000_000
PAGES = 20
GROWTH = "<= 1.2"


def writing(portal: Portal, reader: str) -> list[Result]:
    """Return how many changes a second are made with their entry, beside the same without."""
    told = beside.ask(portal, "bench.log_writing", portal.people()[reader]["email"])
    return [
        compared("a change with its entry", told["with"], "a second", "without", told["without"]),
        Result("entries in one transaction", told["together"], "entries/s", "one connection, one after the other"),
    ]


def numbering(
    portal: Portal, entries: int = ENTRIES, tree: int = TREE, clients: tuple[int, ...] = CLIENTS
) -> list[Result]:
    """Return how fast entries get their numbers, and how long proofs take in a large tree."""
    told = beside.ask(portal, "bench.log_run", entries, tree, *clients, role="job")
    numbered = [
        Result(f"sequencer, {int(count):,} clients", rate, "entries/s", f"{entries:,} entries, numbered and signed")
        for count, rate in told["numbered"].items()
    ]
    proofs = [
        Result(f"proof of an entry among {int(size):,}", milliseconds, "ms", "median of 200")
        for size, milliseconds in told["proof"].items()
    ]
    return numbered + proofs


def pages(portal: Portal, visitor: Visitor, reader: str, counts: tuple[int, ...] = COUNTS) -> list[Result]:
    """Return what the page of a log costs among few and among very many entries, measured in turns."""
    clients = beside.ask(portal, "bench.log_filling", portal.people()[reader]["email"], *counts)
    paths = dict(zip(counts, (f"/{client}/log/" for client in clients), strict=True))
    samples: dict[int, list[tuple[float, float]]] = {count: [] for count in counts}
    process_tree.settle(portal.process_id)
    for _ in range(PAGES):
        for count, path in paths.items():
            samples[count].append(_page(portal, visitor, path))
    few, many = min(counts), max(counts)
    return [
        compared(
            f"page of the log among {many:,} entries, a thousand a day, {said}",
            statistics.median(one[place] for one in samples[many]),
            "ms",
            f"among {few}:",
            statistics.median(one[place] for one in samples[few]),
            aim=GROWTH,
        )
        for place, said in enumerate(("server's CPU", "whole"))
    ]


def measure(portal: Portal, visitor: Visitor, reader: str, top: Path) -> list[Result]:
    """Return everything about the log."""
    return [
        *writing(portal, reader),
        *numbering(portal),
        *verifying.measure(portal, top),
        *pages(portal, visitor, reader),
    ]


def _page(portal: Portal, visitor: Visitor, path: str) -> tuple[float, float]:
    """Fetch a page over a connection of its own; return processor and whole time, in milliseconds."""
    connection = portal.address.connect()
    try:
        before, begun = process_tree.processor_seconds(portal.process_id), time.monotonic()
        fetch(connection, path, visitor.headers)
        whole = time.monotonic() - begun
        used = process_tree.processor_seconds(portal.process_id) - before
    finally:
        connection.close()
    return 1000 * used, 1000 * whole
