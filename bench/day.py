"""The working day: Home and My day with many clients and open items, and many open pages that ask for news."""

import itertools
import re
import threading
import time

from bench import beside, listing, process_tree
from bench.portal import Portal, Visitor, fetch
from bench.results import Result, limited

CLIENTS, ITEMS = 500, 100_000
LIMIT_MILLISECONDS = 30
POLL_LIMIT_MILLISECONDS = 8
PAGES, ROUNDS = 20, 5
POLLING_PAGES, POLL_SECONDS, EVERY_SECONDS = 500, 20.0, 5.0
ASKERS = 8
THREAD = re.compile(r'href="(/[\w-]{22}/messages/[\w-]{22}/)"')
LIVE = re.compile(r'"(/[\w-]{22}/messages/[\w-]{22}/since/[^"/]+/)"')


def fill(portal: Portal, reader: str, asker: str, clients: int = CLIENTS, items: int = ITEMS) -> list[str]:
    """Open clients for somebody of the firm, with what waits in them, and return their public ids."""
    known = portal.people()
    found: list[str] = beside.ask(
        portal, "bench.day_filling", known[reader]["email"], known[asker]["email"], clients, items
    )
    return found


def measure(portal: Portal, reader: Visitor, contact: Visitor, clients: int = CLIENTS) -> list[Result]:
    """Return what My day and Home cost, in turns, and what pages cost that are open and ask for news."""
    samples: dict[str, list[float]] = {"My day": [], "Home": []}
    process_tree.settle(portal.process_id)
    for _ in range(ROUNDS):
        for name, visitor in (("My day", reader), ("Home", contact)):
            samples[name].append(listing._sample(portal, visitor, "/", PAGES // ROUNDS).processor)  # noqa: SLF001 - same bench
    found = [
        limited(f"{name}, {clients} clients, server's CPU", _median(values), "ms", LIMIT_MILLISECONDS)
        for name, values in samples.items()
    ]
    return [*found, *polling(portal, contact)]


def polling(portal: Portal, visitor: Visitor) -> list[Result]:
    """Let 500 open pages of a conversation ask for news every five seconds, and return what one asking costs."""
    thread = _found(THREAD, portal.get(visitor, f"/{visitor.client}/messages/"))
    address = _found(LIVE, portal.get(visitor, thread))
    count = int(POLLING_PAGES * POLL_SECONDS / EVERY_SECONDS)
    turns, before, begun = itertools.count(), process_tree.processor_seconds(portal.process_id), time.monotonic()

    def ask() -> None:
        connection = portal.address.connect()
        try:
            while (turn := next(turns)) < count:
                time.sleep(max(0.0, begun + turn * EVERY_SECONDS / POLLING_PAGES - time.monotonic()))
                fetch(connection, address, {**visitor.headers, "HX-Request": "true", "Muniment-Unattended": "1"})
        finally:
            connection.close()

    askers = [threading.Thread(target=ask) for _ in range(ASKERS)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    spent, used = time.monotonic() - begun, process_tree.processor_seconds(portal.process_id) - before
    return [
        limited("one asking for news, server's CPU", 1000 * used / count, "ms", POLL_LIMIT_MILLISECONDS),
        limited(f"{POLLING_PAGES} open pages asking every 5 s: all were answered in", spent, "s", POLL_SECONDS * 1.1),
    ]


def _found(wanted: re.Pattern[str], page: str) -> str:
    found = wanted.search(page)
    if found is None:
        raise LookupError(f"the page has no {wanted.pattern}")
    return found[1]


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
