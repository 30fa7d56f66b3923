"""Search over sealed names and texts among few and very many documents, and across the clients of one person.

The time is that of the whole question as a page asks it: the access decided, the tokens made, the index asked, the
names opened. It is taken in a process of its own, in the web's role, beside the running portal.
"""

from bench import beside
from bench.portal import Portal
from bench.results import Result, limited

COUNTS = (1_000, 10_000, 100_000)
LIMIT_MILLISECONDS = 50


def measure(portal: Portal, reader: str, counts: tuple[int, ...] = COUNTS) -> list[Result]:
    """Fill a client for each count and return what each question costs in it."""
    answer = beside.ask(portal, "bench.search_filling", portal.people()[reader]["email"], *counts)
    found = []
    for name, (processor, whole) in answer["milliseconds"].items():
        found.append(limited(f"{name}, server's CPU", processor, "ms", LIMIT_MILLISECONDS))
        found.append(limited(f"{name}, whole", whole, "ms", LIMIT_MILLISECONDS))
    most = f"{max(counts):,} documents of 200 words"
    found.append(Result("index of tokens", answer["index_megabytes"], "MB", most))
    found.append(Result("tokens themselves", answer["tokens_megabytes"], "MB", most))
    found.append(Result("memory that searching adds to a process", answer["grown_megabytes"], "MB"))
    return found
