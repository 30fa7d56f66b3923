"""Keep the index true to what was written, so that threads are found by their titles and by words in them.

It happens in the transaction of the act. What was written while the search was off, or before it knew a rule, is read
in the background. None of it leaves entries: the acts that cause it do.
"""

import time
from collections.abc import Iterator
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.portal.conversations.models import Message, Thread, ThreadNote
from muniment.trust.vault import actions as vault

BATCH = 200
SECONDS_A_TURN = 60.0
_WHOLE = "whole"  # of a text that needs no reading: all of it is here

Row = Thread | Message | ThreadNote


def put(row: Row) -> None:
    """Let a thread, a message or a note be found as it reads now; the caller holds the row, saved."""
    thing = _thing(row)
    vault.index.put_text(row.client_id, thing, "" if isinstance(row, Thread) else row.body, _WHOLE)


def take_out(row: Row) -> None:
    """Let what was removed be found no more."""
    vault.index.take_out(row.client_id, [row.id])


def index_client(actor: Actor, *, seconds: float = SECONDS_A_TURN) -> int:
    """Index what is not indexed of the client, for about so many seconds; return how much that was.

    For the portal itself. What is indexed as it should be is passed over, so it can be stopped anywhere.
    """
    end, count = time.monotonic() + seconds, 0
    for batch in _batches(actor):
        with acting_as(actor):
            known = vault.index.states(actor.client, batch)
            for row_id, (model, edition) in batch.items():
                if row_id in known and known[row_id].is_true(edition):
                    continue
                row = model.objects.select_for_update(no_key=True).get(client_id=actor.client, id=row_id)
                if getattr(row, "removed_at", None) is None:
                    put(row)
                    count += 1
        if time.monotonic() > end:
            break
    return count


def _batches(actor: Actor) -> Iterator[dict[UUID, tuple[type[Row], int]]]:
    for model in (Thread, Message, ThreadNote):
        after: UUID | None = None
        while True:
            with acting_as(actor):
                found = _next(actor, model, after) if vault.index.is_on(actor.client) else {}
            if not found:
                break
            yield {row_id: (model, edition) for row_id, edition in found.items()}
            after = max(found)


def _next(actor: Actor, model: type[Row], after: UUID | None) -> dict[UUID, int]:
    """Return the next rows of a table with the edition that the index must know; what was removed is left out."""
    beyond = {} if after is None else {"id__gt": after}
    mine = {"client_id": actor.client, **beyond}
    if model is Message:
        messages = Message.objects.filter(**mine, removed_at=None).order_by("id")
        return dict(messages.values_list("id", "version")[:BATCH])
    rows = Thread.objects.filter(**mine) if model is Thread else ThreadNote.objects.filter(**mine, removed_at=None)
    return dict.fromkeys(rows.order_by("id").values_list("id", flat=True)[:BATCH], 1)


def _thing(row: Row) -> vault.index.Thing:
    if isinstance(row, Thread):
        return vault.index.Thing(row.id, "thread", row.title, "", row.id, row.created_at, 1)
    sort, edition = ("message", row.version) if isinstance(row, Message) else ("note", 1)
    return vault.index.Thing(row.id, sort, "", "", row.thread_id, row.written_at, edition)
