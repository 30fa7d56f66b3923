"""Keys from before there were locks get theirs: the worker's work, in small transactions, while the portal runs.

What is left to do is found by looking, so that a death at any step loses nothing. The keys themselves stay the same:
a backup from before holds them without a lock, which is why the file of the locks says until when there were any.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db.models import Func, IntegerField

from muniment.core import clock
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.clients import queries as clients
from muniment.trust.vault import queries
from muniment.trust.vault.keys import blob_keys, locks
from muniment.trust.vault.models import Blob, ClientKey, PersonKey

BATCH = 500
BARE_BYTES = 60  # what `wrapping.wrap` returns


def lock_all(go_on: Callable[[], bool] = lambda: True) -> int:
    """Close every key that is not closed yet, as long as `go_on` says so; return how many were closed.

    A key whose lock was destroyed, which a restored backup brought back, is left as it is.

    Raises:
        KeyMissing, KeyRefused: the file of the locks is not there, or not as it must be.
    """
    if locks.book().is_complete:
        return 0
    count = 0
    for step in _steps():
        while go_on() and (done := step()):
            count += done
            locks.note(late_at=clock.now(), is_complete=False)
    if go_on():
        locks.note(is_complete=True)
    return count


def keys_locked_late_at() -> datetime | None:
    """Return until when there were keys without a lock; None where every key had one from the first day.

    Raises:
        KeyMissing, KeyRefused: the file of the locks is not there, or not as it must be.
    """
    return locks.book().late_at


def keys_locked_since() -> datetime:
    """Return since when new keys are closed with locks: copies of the keys directory from before open none of them.

    Raises:
        KeyMissing, KeyRefused: the file of the locks is not there, or not as it must be.
    """
    return locks.book().began_at


def look_again() -> None:
    """Say that there may be keys without a lock: a backup was restored."""
    locks.note(is_complete=False)


def _steps() -> list[Callable[[], int]]:
    firm = clients.find_firm_id()
    every = [*clients.client_ids(), *([firm] if firm else [])]
    steps: list[Callable[[], int]] = [_people]
    for client_id in every:
        steps += [partial(_of_client, client_id), partial(_blobs, client_id)]
    return steps


def _people() -> int:
    rows = PersonKey.objects.alias(size=_size("wrapped")).filter(size=BARE_BYTES)
    found = [(queries.context("person", row.person_id), row) for row in rows.order_by("person_id")[:BATCH]]
    gone = locks.destroyed(name for name, _ in found)
    return sum(
        PersonKey.objects.filter(person_id=row.person_id, wrapped=bytes(row.wrapped)).update(
            wrapped=locks.close(name, bytes(row.wrapped))
        )
        for name, row in found
        if name not in gone
    )


def _of_client(client_id: UUID) -> int:
    name = queries.context("client", client_id)
    if locks.destroyed([name]):
        return 0
    with bound(Binding(client_id)):
        rows = ClientKey.objects.filter(client_id=client_id)
        bare = [row for row in rows if not locks.is_closed(bytes(row.wrapped))]
        return sum(
            rows.filter(id=row.id, wrapped=bytes(row.wrapped)).update(wrapped=locks.close(name, bytes(row.wrapped)))
            for row in bare
        )


def _blobs(client_id: UUID) -> int:
    with bound(Binding(client_id)):
        rows = Blob.objects.filter(client_id=client_id).alias(size=_size("wrapped_key")).filter(size=BARE_BYTES)
        found = list(rows.select_for_update(skip_locked=True, of=("self",)).order_by("id")[:BATCH])
        gone = locks.destroyed(blob_keys.lock_of(client_id, row.id) for row in found)
        kept = [row for row in found if blob_keys.lock_of(client_id, row.id) not in gone]
        for row in kept:
            row.wrapped_key = blob_keys.close(client_id, row.id, bytes(row.wrapped_key))
        Blob.objects.filter(client_id=client_id).bulk_update(kept, ["wrapped_key"])
        return len(kept)


def _size(column: str) -> Func:
    return Func(column, function="octet_length", output_field=IntegerField())
