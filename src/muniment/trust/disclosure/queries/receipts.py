"""Entries one by one, with what proves them; and which acts earned a receipt."""

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.utils import timezone

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.db.lending import give_back
from muniment.core.errors import NotFound
from muniment.core.unit import query
from muniment.trust.access import queries as access
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import EARNING, EntryFacts
from muniment.trust.disclosure import paths
from muniment.trust.disclosure.types import ProofFacts, ReceiptArchive, ReceiptFile

BATCH = 200
SUFFIX = ".receipt"
README = """Receipts

Each file is the receipt of one act: the entry, and the proof that it stands in the log of this client and that the
head of that log stands in the register of all logs. Anybody can check one without this portal:

    muniment-verify receipt FILE --key KEY

or on the portal's page "Verify", which can also be saved and used without a network. Take the KEY from where you
wrote it down when you began (a contract, a letter), never from the place a receipt came from.
"""


def of_mine(actor: Actor, wanted: LogFilter) -> LogFilter:
    """Return what of `wanted` the actor may have receipts of: of the whole log, or of what they did themselves.

    Raises:
        NotFound: nobody is signed in.
    """
    if access.may(actor, "log:read"):
        return wanted
    if actor.person_id is None:
        raise NotFound
    return replace(wanted, person_id=actor.person_id)


@query
def entry(actor: Actor, entry_id: UUID) -> EntryFacts:
    """Return one entry of the log of the actor's client.

    Raises:
        NotFound: there is none, or `actor` may read neither the log nor did it themselves.
    """
    found = log.entries(actor, of_mine(actor, LogFilter(entry_ids=(entry_id,))), limit=1)
    if not found:
        raise NotFound
    return found[0]


@query
def receipt(actor: Actor, entry_id: UUID) -> dict[str, Any] | None:
    """Return the receipt of an entry; nothing while no signed head covers it.

    Raises:
        NotFound: as for `entry`, or a part was dropped before its commitment was kept.
    """
    entry(actor, entry_id)
    return log.receipt(actor, entry_id)


def proof(of_receipt: dict[str, Any]) -> ProofFacts:
    """Return the paths that a receipt of this portal holds; nothing is verified."""
    return paths.of_receipt(of_receipt)


@query
def earned(
    actor: Actor, *, object_ids: tuple[UUID, ...] = (), before: UUID | None = None, limit: int = log.PAGE
) -> list[EntryFacts]:
    """Return the acts that earned a receipt, newest first: all of the client's, or the actor's own."""
    wanted = LogFilter(events=tuple(sorted(EARNING)), object_ids=object_ids)
    return log.entries(actor, of_mine(actor, wanted), before=before, limit=limit)


def of_month(month: date) -> LogFilter:
    """Return what earned a receipt in the month that begins on a day, in the reader's zone."""
    return LogFilter(events=tuple(sorted(EARNING)), since=_midnight(month), until=_midnight(next_month(month)))


def next_month(month: date) -> date:
    """Return the first day of the month after one that begins on `month`."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def receipt_file(found: EntryFacts, content: dict[str, Any]) -> ReceiptFile:
    """Return a receipt as a file; its name says when and what, and nothing of whom."""
    when = f"{timezone.localtime(found.at):%Y-%m-%d-%H%M%S}"
    what = found.event.replace(".", "-")
    return ReceiptFile(f"{when}-{what}-{ids.public(found.id)[:6]}{SUFFIX}", paths.as_file(content))


def packed(actor: Actor, archive: ReceiptArchive) -> Iterator[bytes]:
    """Yield a zip archive of receipts while they are made; between two batches no connection is held.

    What has no receipt yet is named in a file of its own.
    """
    outlet, missing = _Outlet(), []
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as pack:  # type: ignore[call-overload] # writing needs no more than write and flush
        pack.writestr("README.txt", README)
        for found in _batches(actor, archive):
            content = log.receipt(actor, found.id)
            if content is None:
                missing.append(found)
                continue
            file = receipt_file(found, content)
            pack.writestr(file.name, file.data)
            yield from outlet.taken()
        if missing:
            lines = [f"{line.at:%Y-%m-%d %H:%M:%S} {line.event}\n" for line in missing]
            pack.writestr("not-ready-yet.txt", "".join(lines))
    yield from outlet.taken()


def _batches(actor: Actor, archive: ReceiptArchive) -> Iterator[EntryFacts]:
    last = archive.id
    while found := log.entries(actor, archive.wanted, before=last, limit=BATCH):
        yield from found
        last = found[-1].id
        give_back()


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


class _Outlet:
    """Takes what zipfile writes, and has no way back: so zipfile never seeks."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Keep bytes until they are taken."""
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: what is written is there."""

    def taken(self) -> Iterator[bytes]:
        """Yield what was written since the last time."""
        pieces, self._pieces = self._pieces, []
        yield from pieces
