"""Words looked for in a log: entries are sealed, so they are opened one after the other, and only so many at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from muniment.core.actor import Actor
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.web.views.log.lines import in_words, with_addresses

Fetch = Callable[[UUID | None, int], list[dict[str, Any]]]
"""Returns at most so many lines that are older than an entry, newest first."""

LOOKED_AT_MOST = 3000
BATCH = 500


@dataclass(frozen=True)
class Found:
    """Lines of a page. `last` is where the next page goes on; None at the end of the log."""

    lines: list[dict[str, Any]]
    last: UUID | None
    looked_at: int = 0
    back_to: datetime | None = None


def of_client(actor: Actor, wanted: LogFilter) -> Fetch:
    """Return what fetches lines of the actor's client."""
    return lambda before, limit: in_words(actor, log.entries(actor, wanted, before=before, limit=limit))


def page(fetch: Fetch, before: UUID | None) -> Found:
    """Return a page of lines, newest first."""
    found = fetch(before, log.PAGE + 1)
    shown = found[: log.PAGE]
    return Found([with_addresses(line) for line in shown], shown[-1]["id"] if len(found) > log.PAGE else None)


def search(fetch: Fetch, text: str, before: UUID | None) -> Found:
    """Return a page of lines that have every word of `text` in what they show, newest first.

    At most 3,000 entries are opened; `last` then leads on to older ones.
    """
    lines: list[dict[str, Any]] = []
    looked_at, last, back_to = 0, before, None
    while looked_at < LOOKED_AT_MOST:
        batch = fetch(last, BATCH)
        for line in batch:
            looked_at, last, back_to = looked_at + 1, line["id"], line["at"]
            if has(line, text):
                lines.append(with_addresses(line))
                if len(lines) == log.PAGE:
                    return Found(lines, last, looked_at, back_to)
        if len(batch) < BATCH:
            return Found(lines, None, looked_at, back_to)
    return Found(lines, last, looked_at, back_to)


def has(line: dict[str, Any], text: str) -> bool:
    """Return whether a line shows every word of `text`, whatever its case."""
    shown = "\n".join(str(line[name]) for name in ("name", "words", "thing", "purpose", "place", "device")).casefold()
    return all(word in shown for word in text.casefold().split())
