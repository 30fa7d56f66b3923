"""A portal out of a bundle: what backups are where there is no restic. It comes back as it was when that was made."""

import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

from muniment.assurance.continuity.types import Trouble
from muniment.operations.continuity import bundle, restoring
from muniment.operations.continuity.bundle import Manifest
from muniment.operations.continuity.restoring import Restored, Told
from muniment.operations.continuity.troubles import Failed, RepositoryDamaged
from muniment.operations.database import EmbeddedDatabase
from muniment.operations.processes import Account

MANIFEST, DATABASE, STORE = "manifest.json", "database/", "store/"


def manifest_of(path: Path, password: Path) -> Manifest:
    """Return what a bundle says of itself.

    Raises:
        WrongPassword, RepositoryDamaged: it does not open.
        Failed: it holds a dump of an operator's own server, which that server's tools bring back.
    """
    with bundle.opened(path, password) as packed:
        found = bundle.read_manifest(packed)
    if found.database != "base":
        raise Failed(
            "This bundle is of your own PostgreSQL: bring its dump back there, with pg_restore.", Trouble.REFUSED
        )
    return found


def needed_bytes(path: Path) -> int:
    """Return how much room what is in a bundle takes; it is not compressed."""
    return path.stat().st_size * 11 // 10 + 256 * 2**20


def restore(
    path: Path, password: Path, into: Path, *, account: Account | None, cache_bytes: int, told: Told
) -> Restored:
    """Write the database and the documents of a bundle into `into`; the database is ready to be started.

    Raises:
        RepositoryDamaged: it is not whole; what was written is of no use.
        Failed: there is no room for it.
    """
    database = EmbeddedDatabase(into, account=account, cache_bytes=cache_bytes)
    with bundle.opened(path, password) as packed:
        found = bundle.read_manifest(packed)
        members = (one for one in packed if one.name != MANIFEST)
        pieces = _Pieces(packed, members, lambda done: told("database", done, path.stat().st_size))
        told("database", 0, 0)
        restoring.unpack(pieces, database)
        told("documents", 0, 0)
        try:
            for member in pieces.rest():
                packed.extract(member, into, filter="data")
        except OSError as error:
            raise Failed(f"The documents cannot be written: {error.strerror}.", Trouble.NO_ROOM) from error
    if not (database.cluster / "PG_VERSION").exists():
        raise RepositoryDamaged("There is no database in this bundle.")
    return Restored(into, database, None, None, found.at, "")


class _Pieces:
    """The database's stream out of the pieces that stand one after the other in a bundle."""

    def __init__(
        self, packed: tarfile.TarFile, members: Iterator[tarfile.TarInfo], told: Callable[[int], None]
    ) -> None:
        self._packed, self._members, self._told = packed, members, told
        self._left, self._done = b"", 0
        self._next: tarfile.TarInfo | None = None
        self._ended = False

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes, none at the end."""
        while not self._ended and (size < 0 or len(self._left) < size):
            self._take()
        found, self._left = (self._left, b"") if size < 0 else (self._left[:size], self._left[size:])
        return found

    def _take(self) -> None:
        member = next(self._members, None)
        if member is None or not member.name.startswith(DATABASE):
            self._next, self._ended = member, True
            return
        file = self._packed.extractfile(member)
        self._left += file.read() if file is not None else b""
        self._done += member.size
        self._told(self._done)

    def rest(self) -> Iterator[tarfile.TarInfo]:
        """Yield the documents, which follow the database."""
        while self._next is not None:
            if self._next.name.startswith(STORE):
                yield self._next
            self._next = next(self._members, None)
