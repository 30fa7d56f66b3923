"""The working day: Home and My day with many clients and open items, and many open pages that ask for news."""

import http.client
import itertools
import re
import time
from concurrent.futures import ThreadPoolExecutor

from bench import beside, listing, process_tree
from bench.portal import Portal, Visitor
from bench.results import Result, limited

CLIENTS, ITEMS = 500, 100_000
LIMIT_MILLISECONDS = 30
POLL_LIMIT_MILLISECONDS = 8
THREAD_LIMIT_MILLISECONDS = 75
PAGES, ROUNDS, WARMING = 40, 5, 12
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
    """Return what My day, Home and a conversation cost, in turns, and what open pages cost that ask for news."""
    thread = _found(THREAD, portal.get(contact, f"/{contact.client}/messages/"))  # the newest, which was laid
    pages = {
        f"My day, {clients} clients, server's CPU": (reader, "/", LIMIT_MILLISECONDS),
        "Home of a contact, server's CPU": (contact, "/", LIMIT_MILLISECONDS),
        "conversation of 30 messages, server's CPU": (contact, thread, THREAD_LIMIT_MILLISECONDS),
    }
    samples: dict[str, list[float]] = {name: [] for name in pages}
    for visitor, path, _limit in pages.values():
        listing._sample(portal, visitor, path, WARMING)  # noqa: SLF001 - each process reads its templates first
    process_tree.settle(portal.process_id)
    for _ in range(ROUNDS):
        for name, (visitor, path, _limit) in pages.items():
            samples[name].append(listing._sample(portal, visitor, path, PAGES // ROUNDS).processor)  # noqa: SLF001 - same bench
    found = [limited(name, _median(samples[name]), "ms", limit) for name, (_who, _path, limit) in pages.items()]
    return [*found, *polling(portal, contact)]


def polling(portal: Portal, visitor: Visitor) -> list[Result]:
    """Let 500 open pages of a conversation ask for news every five seconds, and return what one asking costs."""
    thread = _found(THREAD, portal.get(visitor, f"/{visitor.client}/messages/"))
    address = _found(LIVE, portal.get(visitor, thread))
    count = int(POLLING_PAGES * POLL_SECONDS / EVERY_SECONDS)
    headers = {**visitor.headers, "HX-Request": "true", "Muniment-Unattended": "1"}
    turns, before, begun = itertools.count(), process_tree.processor_seconds(portal.process_id), time.monotonic()

    def ask() -> None:
        connection = portal.address.connect()
        try:
            while (turn := next(turns)) < count:
                time.sleep(max(0.0, begun + turn * EVERY_SECONDS / POLLING_PAGES - time.monotonic()))
                connection.request("GET", address, headers=headers)
                answer = connection.getresponse()
                answer.read()
                if answer.status != http.client.NO_CONTENT:
                    raise http.client.HTTPException(f"{answer.status} for {address}")
        finally:
            connection.close()

    with ThreadPoolExecutor(ASKERS) as askers:
        for asked in [askers.submit(ask) for _ in range(ASKERS)]:
            asked.result()
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
