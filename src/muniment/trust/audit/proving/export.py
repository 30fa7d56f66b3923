"""A whole log as a file that proves itself: every entry, the heads, and what others confirmed of them."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.db.lending import give_back
from muniment.core.unit import bound
from muniment.trust.audit.errors import NothingSigned
from muniment.trust.audit.models import ClientHead, Entry
from muniment.trust.audit.proving import records, trees
from muniment.trust.audit.proving.opening import commitment_of, open_part, part_of
from muniment_verify.encoding import to_base64

FORMAT = "muniment-log/1"
BATCH = 1_000


def export_lines(actor: Actor) -> Iterator[bytes]:
    """Yield the export of the log of the actor's client, line by line, up to the head that was newest at its start.

    Between batches no transaction is open and no connection is held: whoever reads may be slow. The first line is
    there before anything is yielded, so that a refusal is one.

    Raises:
        NothingSigned: no head of this log was signed yet.
        SealBroken: what is stored of an entry is not what was written; the file then ends without its last line.
    """
    client_id = actor.client
    with _reading(client_id):
        newest = ClientHead.objects.filter(client_id=client_id).order_by("-size").first()
    if newest is None:
        raise NothingSigned
    beginning = {
        "format": FORMAT,
        "origin": trees.origin_of(client_id),
        "size": newest.size,
        "checkpoint": newest.note,
        "exported_at": clock.now().isoformat(timespec="seconds"),
    }
    return _lines(client_id, newest.size, beginning)


def _lines(client_id: UUID, size: int, beginning: dict[str, Any]) -> Iterator[bytes]:
    yield _line(beginning)
    for start in range(0, size, BATCH):
        with _reading(client_id):
            rows = Entry.objects.filter(client_id=client_id, position__gte=start, position__lt=min(start + BATCH, size))
            lines = [_entry(row) for row in rows.order_by("position")]
        give_back()
        yield from lines
    with _reading(client_id):
        stamps = records.stamps_to_show()
        found = records.records(client_id, size, stamps)
        lines = [_line({"head": record.lines()}) for record in found]
        lines += [_line({"time_stamp": stamp}) for stamp in records.stamp_lines(stamps, found)]
    give_back()
    yield from lines
    yield _line({"end": size})


def _reading(client_id: UUID) -> AbstractContextManager[None]:
    return bound(Binding(client_id, None, "muniment_auditor"))


def _entry(row: Entry) -> bytes:
    """Return the line of an entry: its parts, or what commits to those that were dropped."""
    parts: dict[str, dict[str, str]] = {}
    for name in ("core", "private"):
        part = part_of(row, name)
        commitment = commitment_of(row, name, part)
        if commitment is None:  # dropped, and from before commitments were kept beside it
            return _line({"i": row.position, "leaf": to_base64(bytes(row.leaf))})
        parts[name] = {"commitment": to_base64(commitment)} if part is None else open_part(part)
    return _line({"i": row.position, **parts})


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
