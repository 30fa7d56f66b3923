"""Sealed blobs as plain files under one folder of this machine.

    <client>/<last byte of the blob id>/<blob>.part          an upload under way
    <client>/<last byte of the blob id>/<blob>.tail.<offset> its end, while it stops inside a segment
    <client>/<last byte of the blob id>/<blob>.copy          on its way here from another store
    <client>/<last byte of the blob id>/<blob>.mnb           complete

The last byte of a UUIDv7 is random, so the folders fill evenly; the first would be the same for years.
Names come from ids alone, never from what a person typed.
"""

import fcntl
import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from uuid import UUID

from muniment.trust.vault.blobs.segments import RECORD_BYTES
from muniment.trust.vault.errors import BlobMissing, Locked
from muniment.trust.vault.store.contract import Found, StoredBlob
from muniment.trust.vault.store.disk_files import SAFE, Paths, room, sync_folder, write_all
from muniment.trust.vault.store.disk_part import DiskPart
from muniment.trust.vault.types import StoreName

_NAME = re.compile(r"(?P<blob>[0-9a-f]{32})\.(?P<kind>mnb|part|copy|tail)(\.(?P<offset>[0-9]{1,15}))?")
_KINDS: dict[str, Literal["complete", "unfinished", "end", "copy"]] = {
    "mnb": "complete",
    "part": "unfinished",
    "tail": "end",
    "copy": "copy",
}


class DiskBlob:
    """A complete blob, open for reading."""

    def __init__(self, descriptor: int) -> None:
        """Take over an open descriptor."""
        self._descriptor = descriptor

    def size(self) -> int:
        """Return how many bytes are stored."""
        return os.fstat(self._descriptor).st_size

    def read(self, offset: int, size: int) -> bytes:
        """Return bytes; fewer only at the end."""
        return os.pread(self._descriptor, size, offset)

    def close(self) -> None:
        """Close the file; closing twice does no harm."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class DiskStore:
    """Keeps blobs under `root`, in folders of mode 0700 and files of mode 0600."""

    name: StoreName = "disk"
    provider = "the firm's own machine"
    largest_bytes = sys.maxsize

    def __init__(self, root: Path, region: str = "") -> None:
        """Name the folder, which is made when the first blob is, and where its machine stands."""
        self._root = root
        self._region = region

    def region(self, client_id: UUID) -> str:
        """Return where this machine stands, as its settings say; empty where they do not."""
        return self._region

    def create(self, client_id: UUID, blob_id: UUID) -> None:
        """Make an empty unfinished blob, on the disk when this returns.

        Raises:
            FileExistsError: the blob exists.
            StoreFull: there is no room.
        """
        paths = Paths(self._root, client_id, blob_id)
        with room():
            paths.make_folder()
            if paths.complete.exists():
                raise FileExistsError(paths.complete)
            os.close(os.open(paths.part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | SAFE, 0o600))
            sync_folder(paths.folder)

    def open_part(self, client_id: UUID, blob_id: UUID) -> DiskPart:
        """Take hold of a blob for writing.

        Raises:
            Locked: another writer holds it.
            BlobMissing: there is no such blob.
        """
        paths = Paths(self._root, client_id, blob_id)
        while True:
            descriptor, path = _open_either(paths)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                os.close(descriptor)
                raise Locked from error
            if _is_at(descriptor, path):
                return DiskPart(paths, descriptor, is_finished=path == paths.complete)
            os.close(descriptor)  # renamed or removed before the lock was ours: look again

    def open(self, client_id: UUID, blob_id: UUID) -> DiskBlob:
        """Open a complete blob.

        Raises:
            BlobMissing: there is none, or it is not complete.
        """
        try:
            return DiskBlob(os.open(Paths(self._root, client_id, blob_id).complete, os.O_RDONLY | SAFE))
        except FileNotFoundError as error:
            raise BlobMissing from error

    def size(self, client_id: UUID, blob_id: UUID) -> int:
        """Return the stored size of a complete blob.

        Raises:
            BlobMissing: there is none, or it is not complete.
        """
        try:
            return Paths(self._root, client_id, blob_id).complete.lstat().st_size
        except FileNotFoundError as error:
            raise BlobMissing from error

    def copy(self, client_id: UUID, blob_id: UUID, source: StoredBlob) -> None:
        """Make a complete blob of one that lies in another store; on the disk when this returns.

        Raises:
            StoreFull: there is no room; nothing of it is left.
        """
        paths = Paths(self._root, client_id, blob_id)
        with room():
            paths.make_folder()
            try:
                _write_copy(paths, source)
            except BaseException:
                paths.copy.unlink(missing_ok=True)  # on a full disk half a copy is what others need
                raise
            paths.copy.rename(paths.complete)
            sync_folder(paths.folder)

    def delete(self, client_id: UUID, blob_id: UUID) -> None:
        """Remove a blob, complete or not, and its tails; what is not there is no error.

        Raises:
            Locked: a writer holds it.
        """
        paths = Paths(self._root, client_id, blob_id)
        with suppress(BlobMissing), self.open_part(client_id, blob_id) as part:
            (paths.complete if part.is_finished else paths.part).unlink()
        if paths.folder.is_dir():
            paths.drop_tails()
            sync_folder(paths.folder)

    def found(self, client_id: UUID) -> Iterator[Found]:
        """Yield every file of a client that has a name of ours."""
        for path in (self._root / client_id.hex).glob("??/*"):
            name = _NAME.fullmatch(path.name)
            with suppress(FileNotFoundError):  # gone meanwhile
                if name is not None:
                    changed_at = datetime.fromtimestamp(path.lstat().st_mtime, UTC)
                    offset = int(name["offset"] or 0)
                    yield Found(client_id, UUID(name["blob"]), _KINDS[name["kind"]], changed_at, str(path), offset)

    def discard(self, found: Found) -> None:
        """Remove one file; one that is gone is no error."""
        Path(found.handle).unlink(missing_ok=True)

    def free_bytes(self) -> int:
        """Return how many bytes the disk has room for."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = os.statvfs(self._root)
        return status.f_bavail * status.f_frsize


def _write_copy(paths: Paths, source: StoredBlob) -> None:
    descriptor = os.open(paths.copy, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | SAFE, 0o600)
    try:
        for offset in range(0, source.size(), RECORD_BYTES):
            write_all(descriptor, source.read(offset, RECORD_BYTES), offset)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _open_either(paths: Paths) -> tuple[int, Path]:
    """Open the unfinished blob or, if it is finished, the complete one."""
    for path, mode in ((paths.part, os.O_RDWR), (paths.complete, os.O_RDONLY)):
        with suppress(FileNotFoundError):
            return os.open(path, mode | SAFE), path
    raise BlobMissing


def _is_at(descriptor: int, path: Path) -> bool:
    """Tell whether the open file still has this name."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False
