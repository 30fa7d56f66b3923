"""One version of a document, or the documents of one client, out of a backup and back into the running portal.

The database is restored beside the portal. A program that knows nothing but what was restored reads the documents
there; what it reads is added here as new versions, sealed with the keys of now.
"""

import json
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import IO
from uuid import UUID

import psycopg

from muniment.assurance.continuity.types import OrderFacts, Trouble
from muniment.core import config
from muniment.core.actor import Actor
from muniment.core.config import Config
from muniment.operations import processes, programs
from muniment.operations.continuity import contents, reading, restoring
from muniment.operations.continuity.contents import Found
from muniment.operations.continuity.drills import scratch
from muniment.operations.continuity.making import Report
from muniment.operations.continuity.restic import Repository
from muniment.operations.continuity.sources import AT_ONCE
from muniment.operations.continuity.troubles import Failed, NotInBackup
from muniment.operations.database import EmbeddedDatabase
from muniment.portal.documents import actions as documents
from muniment.portal.documents import queries as found_documents
from muniment.portal.documents.types import KeptVersion
from muniment.trust.vault.keyring import passphrase

PURPOSE = "Brought back from a backup"
PROGRAM = "continuity.reading"
READ_AT_ONCE = 1000  # ids in one environment variable, which holds 128 KiB
_PLACES = "select coalesce(place_id, id)::text from app.blob where id = any(%s)"


class Unreadable(Exception):
    """A document cannot be opened as it is in the backup: its key is destroyed, or its bytes are not whole."""


def run(repository: Repository, order: OrderFacts, report: Report) -> None:
    """Carry an order out: one version, or every newest version of a client that is not here any more.

    Raises:
        NotInBackup: there is no such version in the backup, or it cannot be opened.
        Failed: the backup cannot be restored, or there is no room for it.
    """
    if order.target_client is None:
        raise Failed("This order names no client.", Trouble.REFUSED)
    present = config.current()
    actor = Actor.system(order.target_client, purpose=PURPOSE)
    report("room", 0, 0)
    found = contents.find(repository, order.moment)
    _require_room(present, found.database_bytes * 2 + found.wal_bytes)
    with scratch.scratch(present) as place:
        restored = restoring.restore_database(repository, found.base, place, order.moment, told=report)
        report("replay", 0, 0)
        restored.recover()
        try:
            inner = replace(scratch.inside(present), key_locks=present.locks)
            programs.run("migrations", inner, role="owner")
            kept = _wanted(inner, actor, order)
            names = _places(restored.database, actor.client, kept)
            _fetch(repository, found, names, place)
            _return(inner, actor, order, kept, report)
        finally:
            restored.database.stop()


def _require_room(present: Config, needed: int) -> None:
    room = os.statvfs(present.data)
    if room.f_bavail * room.f_frsize < needed:
        raise Failed("There is not room enough to restore the database beside the portal.", Trouble.NO_ROOM)


def _wanted(inner: Config, actor: Actor, order: OrderFacts) -> list[KeptVersion]:
    """Return what of the backup is to come back."""
    version = str(order.target_id) if order.target_id else None
    told = {"client": str(actor.client), "version": version}
    said = programs.run(PROGRAM, inner, "list", private={reading.TOLD: json.dumps(told)})
    kept = [KeptVersion.from_json(one) for one in json.loads(said.splitlines()[-1])]
    if version is not None:
        if not kept:
            raise NotInBackup("This version is not in the backup of that moment.")
        return kept
    return found_documents.missing_versions(actor, kept)


def _places(database: EmbeddedDatabase, client_id: UUID, kept: Sequence[KeptVersion]) -> list[str]:
    """Return where the versions' bytes lie in a snapshot: what was sealed anew lies under another id than its own."""
    with psycopg.connect(database.dsn("super"), autocommit=True) as server:
        rows = server.execute(_PLACES, [[one.blob_id for one in kept]]).fetchall()
    return [f"/store/{client_id.hex}/*/{UUID(str(place)).hex}.mnb" for (place,) in rows]


def _fetch(repository: Repository, found: Found, names: Sequence[str], into: Path) -> None:
    """Fetch the sealed bytes of the versions, and of no other; those removed after the moment lie in an older store."""
    if names and found.store is None:
        raise NotInBackup("There are no documents in this backup.")
    wanted = list(names)
    for snapshot in (found.store, found.earlier):
        if snapshot is None:
            continue
        for start in range(0, len(wanted), AT_ONCE):
            repository.restore_tree(snapshot.id, into, include=wanted[start : start + AT_ONCE])
        wanted = [name for name in wanted if not any(into.glob(name.removeprefix("/")))]


def _return(inner: Config, actor: Actor, order: OrderFacts, kept: Sequence[KeptVersion], report: Report) -> None:
    """Add the versions here, one after the other; what one of them lacks keeps the others from nothing."""
    failed = 0
    for start in range(0, len(kept), READ_AT_ONCE):
        part = kept[start : start + READ_AT_ONCE]
        with _reader(inner, actor, part) as stream:
            for done, one in enumerate(part, start):
                report("documents", done, len(kept))
                pieces = _pieces(stream)
                try:
                    documents.return_version(actor, kept=one, pieces=pieces, moment=order.moment)
                except Unreadable:
                    failed += 1
                with suppress(Unreadable):
                    for _rest in pieces:  # what was not taken belongs to this one
                        pass
    report("documents", len(kept) - failed, len(kept))
    if failed and failed == len(kept):
        raise NotInBackup("What was asked for cannot be opened as it is in the backup.")


@contextmanager
def _reader(inner: Config, actor: Actor, kept: Sequence[KeptVersion]) -> Iterator[IO[bytes]]:
    """Give what a program reads of the restored documents, in their order."""
    taking, giving = os.pipe()
    told = {"client": str(actor.client), "version": None, "blobs": [str(one.blob_id) for one in kept]}
    with os.fdopen(taking, "rb", buffering=reading.PIECE_BYTES) as stream:
        try:
            process = processes.start(
                programs.command(PROGRAM, "read", str(giving)),
                environ={**programs.environment(inner, "app"), reading.TOLD: json.dumps(told)},
                directory=inner.data,
                inherited=(*passphrase.descriptor_of(inner.keyring_passphrase), giving),
            )
        finally:
            os.close(giving)
        try:
            yield stream
        finally:
            stream.close()
            processes.stop(process, ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0)))


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the bytes of one document.

    Raises:
        Unreadable: they end before they are whole.
    """
    while True:
        head = stream.read(reading.LENGTH.size)
        (length,) = reading.LENGTH.unpack(head) if len(head) == reading.LENGTH.size else (reading.FAILED,)
        if length == reading.FAILED:
            raise Unreadable
        if length == reading.ENDED:
            return
        piece = stream.read(length)
        if len(piece) != length:
            raise Unreadable
        yield piece
