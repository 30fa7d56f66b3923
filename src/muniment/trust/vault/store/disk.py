"""Sealed blobs as plain files under one folder of this machine.

    <client>/<last byte of the blob id>/<blob>.part          an upload under way
    <client>/<last byte of the blob id>/<blob>.tail.<offset> its end, while it stops inside a segment
    <client>/<last byte of the blob id>/<blob>.copy          on its way here from another store
    <client>/<last byte of the blob id>/<blob>.mnb           complete

The last byte of a UUIDv7 is random, so the folders fill evenly; the first would be the same for years.
Names come from ids alone, never from what a person typed.
"""

import errno
import fcntl
import hashlib
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Self
from uuid import UUID

from muniment.trust.vault.errors import BlobMissing, KeptLess, Locked, SegmentDamaged, StoreFull
from muniment.trust.vault.segments import (
    RECORD_BYTES,
    SEGMENT_BYTES,
    Buffer,
    body_size,
    count_segments,
    record_of,
)
from muniment.trust.vault.store.contract import Found, StoredBlob
from muniment.trust.vault.types import StoreName
from muniment.trust.vault.wrapping import TAG_BYTES

_NAME = re.compile(r"(?P<blob>[0-9a-f]{32})\.(?P<kind>mnb|part|copy|tail)(\.(?P<offset>[0-9]{1,15}))?")
_KINDS: dict[str, Literal["complete", "unfinished", "end", "copy"]] = {
    "mnb": "complete",
    "part": "unfinished",
    "tail": "end",
    "copy": "copy",
}
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_SAFE = os.O_NOFOLLOW | os.O_CLOEXEC


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


class DiskPart:
    """A blob under the lock of one writer. The kernel frees the lock when the writer dies."""

    def __init__(self, paths: "_Paths", descriptor: int, *, is_finished: bool) -> None:
        """Take over a locked descriptor."""
        self._paths = paths
        self._descriptor = descriptor
        self.is_finished = is_finished

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    def go_on(self, offset: int) -> bytes:
        """Return the tail kept for an offset, empty at the end of a segment.

        Raises:
            KeptLess: it is gone; the upload goes on from the end of the segment before.
        """
        if not offset % SEGMENT_BYTES:
            return b""
        try:
            descriptor = os.open(self._paths.tail(offset), os.O_RDONLY | _SAFE)
        except FileNotFoundError as error:
            raise KeptLess(offset - offset % SEGMENT_BYTES) from error
        with os.fdopen(descriptor, "rb") as file:
            return file.read()

    def write(self, record: Buffer, index: int) -> None:
        """Put a sealed segment in its place; it may be lost until it is kept.

        Raises:
            StoreFull: there is no room.
        """
        with _room():
            _write_all(self._descriptor, record, index * RECORD_BYTES)

    def keep(self, offset: int, tail: Buffer) -> None:
        """Return once all that was put, and the tail, are on the disk.

        Raises:
            StoreFull: there is no room (some file systems find out only now).
        """
        with _room():
            if tail:
                self._write_tail(tail, offset)
            os.fdatasync(self._descriptor)

    def _write_tail(self, tail: Buffer, offset: int) -> None:
        # A tail of this offset that is there already was left by a writer who died before the row
        # said so; the row's own tail has another offset and is not touched.
        descriptor = os.open(self._paths.tail(offset), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _SAFE, 0o600)
        try:
            _write_all(descriptor, tail, 0)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        _sync_folder(self._paths.folder)

    def drop_end(self, offset: int) -> None:
        """Remove the tail of an offset, if there is one."""
        if offset % SEGMENT_BYTES:
            self._paths.tail(offset).unlink(missing_ok=True)

    def drop_ends(self) -> None:
        """Remove every tail, also those of writers who died."""
        self._paths.drop_tails()

    def last_record(self, length: int) -> bytes:
        """Return the last sealed segment as it was put; shorter if it was not."""
        last = record_of(length, count_segments(length) - 1)
        return os.pread(self._descriptor, last.size, last.offset)

    def tags_digest(self, length: int) -> bytes:
        """Return the SHA-256 of all tags as they are stored.

        Raises:
            SegmentDamaged: one of them is not there.
        """
        digest = hashlib.sha256()
        for index in range(count_segments(length)):
            record = record_of(length, index)
            tag = os.pread(self._descriptor, TAG_BYTES, record.offset + record.size - TAG_BYTES)
            if len(tag) != TAG_BYTES:
                raise SegmentDamaged(index)
            digest.update(tag)
        return digest.digest()

    def finish(self, length: int, footer: bytes) -> None:
        """Cut behind the body, append the footer and make the blob complete; on the disk when this returns.

        Raises:
            StoreFull: there is no room.
        """
        with _room():
            os.ftruncate(self._descriptor, body_size(length))
            _write_all(self._descriptor, footer, body_size(length))
            os.fsync(self._descriptor)
            self._paths.part.rename(self._paths.complete)
            self.is_finished = True
            _sync_folder(self._paths.folder)


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
        paths = _Paths(self._root, client_id, blob_id)
        with _room():
            paths.make_folder()
            if paths.complete.exists():
                raise FileExistsError(paths.complete)
            os.close(os.open(paths.part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFE, 0o600))
            _sync_folder(paths.folder)

    def open_part(self, client_id: UUID, blob_id: UUID) -> DiskPart:
        """Take hold of a blob for writing.

        Raises:
            Locked: another writer holds it.
            BlobMissing: there is no such blob.
        """
        paths = _Paths(self._root, client_id, blob_id)
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
            return DiskBlob(os.open(_Paths(self._root, client_id, blob_id).complete, os.O_RDONLY | _SAFE))
        except FileNotFoundError as error:
            raise BlobMissing from error

    def size(self, client_id: UUID, blob_id: UUID) -> int:
        """Return the stored size of a complete blob.

        Raises:
            BlobMissing: there is none, or it is not complete.
        """
        try:
            return _Paths(self._root, client_id, blob_id).complete.lstat().st_size
        except FileNotFoundError as error:
            raise BlobMissing from error

    def copy(self, client_id: UUID, blob_id: UUID, source: StoredBlob) -> None:
        """Make a complete blob of one that lies in another store; on the disk when this returns.

        Raises:
            StoreFull: there is no room.
        """
        paths = _Paths(self._root, client_id, blob_id)
        with _room():
            paths.make_folder()
            descriptor = os.open(paths.copy, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _SAFE, 0o600)
            try:
                for offset in range(0, source.size(), RECORD_BYTES):
                    _write_all(descriptor, source.read(offset, RECORD_BYTES), offset)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            paths.copy.rename(paths.complete)
            _sync_folder(paths.folder)

    def delete(self, client_id: UUID, blob_id: UUID) -> None:
        """Remove a blob, complete or not, and its tails; what is not there is no error.

        Raises:
            Locked: a writer holds it.
        """
        paths = _Paths(self._root, client_id, blob_id)
        with suppress(BlobMissing), self.open_part(client_id, blob_id) as part:
            (paths.complete if part.is_finished else paths.part).unlink()
        if paths.folder.is_dir():
            paths.drop_tails()
            _sync_folder(paths.folder)

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


class _Paths:
    """The files of one blob."""

    def __init__(self, root: Path, client_id: UUID, blob_id: UUID) -> None:
        self._root = root
        self._name = blob_id.hex
        self.folder = root / client_id.hex / blob_id.hex[-2:]
        self.part = self.folder / f"{self._name}.part"
        self.complete = self.folder / f"{self._name}.mnb"
        self.copy = self.folder / f"{self._name}.copy"

    def tail(self, offset: int) -> Path:
        return self.folder / f"{self._name}.tail.{offset}"

    def drop_tails(self) -> None:
        for path in self.folder.glob(f"{self._name}.tail.*"):
            path.unlink(missing_ok=True)

    def make_folder(self) -> None:
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (self.folder.parent, self.folder):
            folder.mkdir(mode=0o700, exist_ok=True)
            _sync_folder(folder.parent)  # even if it was there: who made it may not have got this far


def _open_either(paths: _Paths) -> tuple[int, Path]:
    """Open the unfinished blob or, if it is finished, the complete one."""
    for path, mode in ((paths.part, os.O_RDWR), (paths.complete, os.O_RDONLY)):
        with suppress(FileNotFoundError):
            return os.open(path, mode | _SAFE), path
    raise BlobMissing


def _is_at(descriptor: int, path: Path) -> bool:
    """Tell whether the open file still has this name."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


def _write_all(descriptor: int, data: Buffer, offset: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, offset)
        view = view[written:]
        offset += written


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | _SAFE)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _room() -> Iterator[None]:
    """Turn "no room" into the refusal of that name; a broken disk stays an OSError."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFull from error
        raise
