"""Uploads under way in a store that takes parts: what was taken, and who may go on.

The lock is a lease in the row, not a lock of the database: a slow sender would keep a connection (and a
transaction) for hours, and a lock of a session does not pass a pooler. It frees itself when a writer dies,
because nobody renews it. A writer that was only slow finds out at its next write to the row, which names the
writer: whatever it put after losing the lease counts for nothing. The database's own clock decides, so hosts
whose clocks differ agree.
"""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DatabaseError
from django.db.models import DateTimeField, ExpressionWrapper, Q
from django.db.models.functions import Now

from muniment.core import ids
from muniment.core.db.binding import Binding
from muniment.core.db.lending import give_back
from muniment.core.unit import bound
from muniment.trust.vault.errors import Locked
from muniment.trust.vault.keys.wrapping import TAG_BYTES
from muniment.trust.vault.models import Multipart, MultipartPart

LEASE_SECONDS = 30.0


class Taken(NamedTuple):
    """A part that the store has taken."""

    etag: str
    tags: bytes


class Hold:
    """One writer's hold on an upload. Every write renews it, and fails once somebody else took it."""

    def __init__(self, row: Multipart, seconds: float, taken: dict[int, Taken]) -> None:
        """Take over a row that names this writer."""
        self._row = row
        self._seconds = seconds
        self._renewed = time.monotonic()
        self.taken = taken

    @property
    def upload_ref(self) -> str:
        """What the store calls the upload; empty before its first whole part."""
        return self._row.upload_ref

    @property
    def is_finishing(self) -> bool:
        """Tell whether the blob may be complete already."""
        return self._row.is_finishing

    def renew(self, *, at_once: bool = False) -> None:
        """Give a sign of life, if the last one is a while ago.

        Raises:
            Locked: somebody else has taken the upload.
        """
        if at_once or time.monotonic() - self._renewed > self._seconds / 4:
            self._save()

    def begin(self, upload_ref: str) -> None:
        """Write down what the store calls the upload."""
        self._save(upload_ref=upload_ref)

    def add(self, number: int, taken: Taken) -> None:
        """Write down that the store has taken a part, in place of what was taken under that number before."""
        with _unit(self._row.client_id):
            self._update()
            MultipartPart.objects.update_or_create(
                client_id=self._row.client_id,
                multipart_id=self._row.id,
                number=number,
                defaults={"etag": taken.etag, "tags": taken.tags},
            )
        self.taken[number] = taken

    def forget(self) -> None:
        """Write down that the store knows nothing of the upload any more: it begins again."""
        with _unit(self._row.client_id):
            self._update(upload_ref="", is_finishing=False)
            MultipartPart.objects.filter(client_id=self._row.client_id, multipart_id=self._row.id).delete()
        self.taken.clear()

    def finishing(self) -> None:
        """Write down that the blob may be complete from now on."""
        self._save(is_finishing=True)

    def tags_digest(self, parts: int) -> "hashlib._Hash":
        """Return the hash of the tags of the first `parts` parts, to be gone on with."""
        digest = hashlib.sha256()
        for number in range(1, parts + 1):
            digest.update(self.taken[number].tags)
        return digest

    def end(self) -> None:
        """Remove what is known of the upload: it is complete, or gone."""
        with suppress(DatabaseError, Locked), _unit(self._row.client_id):
            self._update()
            MultipartPart.objects.filter(client_id=self._row.client_id, multipart_id=self._row.id).delete()
            Multipart.objects.filter(client_id=self._row.client_id, id=self._row.id).delete()

    def let_go(self) -> None:
        """Let others go on at once; if that cannot be said now, they may when the lease is over."""
        with suppress(DatabaseError, Locked), _unit(self._row.client_id):
            self._update(writer=None, writer_until=None)

    def _save(self, **values: Any) -> None:
        with _unit(self._row.client_id):
            self._update(**values)

    def _update(self, **values: Any) -> None:
        rows = Multipart.objects.filter(client_id=self._row.client_id, id=self._row.id, writer=self._row.writer)
        if not rows.update(**{"writer_until": _from_now(self._seconds), **values}):
            raise Locked
        for name, value in values.items():
            if name in {"upload_ref", "is_finishing"}:
                setattr(self._row, name, value)
        self._renewed = time.monotonic()


def begin(client_id: UUID, blob_id: UUID) -> None:
    """Make the row of a new upload, in the transaction that makes its blob's.

    Raises:
        FileExistsError: there is one.
    """
    with _unit(client_id):
        if Multipart.objects.filter(client_id=client_id, blob_id=blob_id).exists():
            raise FileExistsError(blob_id)
        Multipart.objects.create(client_id=client_id, blob_id=blob_id)


def hold(client_id: UUID, blob_id: UUID, seconds: float = LEASE_SECONDS) -> Hold | None:
    """Take hold of an upload; None if there is none (any more).

    Raises:
        Locked: another writer holds it.
    """
    with _unit(client_id):
        rows = Multipart.objects.filter(client_id=client_id, blob_id=blob_id)
        free = rows.filter(Q(writer=None) | Q(writer_until__lt=Now()))
        if not free.update(writer=ids.new(), writer_until=_from_now(seconds)):
            if rows.exists():
                raise Locked
            return None
        row = rows.get()
        parts = MultipartPart.objects.filter(client_id=client_id, multipart_id=row.id)
        return Hold(row, seconds, {part.number: Taken(part.etag, bytes(part.tags)) for part in parts})


def upload_refs(client_id: UUID) -> set[str]:
    """Return what the store calls every upload of a client that goes on."""
    with _unit(client_id):
        return set(Multipart.objects.filter(client_id=client_id).values_list("upload_ref", flat=True))


def tags_of(records: bytes | bytearray, record_bytes: int) -> bytes:
    """Return the tags of sealed segments that lie one after the other."""
    view = memoryview(records)
    return b"".join(
        bytes(view[start : start + record_bytes][-TAG_BYTES:]) for start in range(0, len(view), record_bytes)
    )


def _from_now(seconds: float) -> Any:
    return ExpressionWrapper(Now() + timedelta(seconds=seconds), output_field=DateTimeField())


@contextmanager
def _unit(client_id: UUID) -> Iterator[None]:
    """Open a transaction that sees the client, and keep no connection after it."""
    with bound(Binding(client_id)):
        yield
    give_back()
