"""An upload on its way to the disk, under the lock of one writer."""

import hashlib
import os
from typing import Self

from muniment.trust.vault.blobs.segments import (
    RECORD_BYTES,
    SEGMENT_BYTES,
    Buffer,
    body_size,
    count_segments,
    record_of,
)
from muniment.trust.vault.errors import KeptLess, SegmentDamaged
from muniment.trust.vault.keys.wrapping import TAG_BYTES
from muniment.trust.vault.store.disk_files import SAFE, Paths, room, sync_folder, write_all


class DiskPart:
    """A blob under the lock of one writer. The kernel frees the lock when the writer dies."""

    def __init__(self, paths: Paths, descriptor: int, *, is_finished: bool) -> None:
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
            descriptor = os.open(self._paths.tail(offset), os.O_RDONLY | SAFE)
        except FileNotFoundError as error:
            raise KeptLess(offset - offset % SEGMENT_BYTES) from error
        with os.fdopen(descriptor, "rb") as file:
            return file.read()

    def write(self, record: Buffer, index: int) -> None:
        """Put a sealed segment in its place; it may be lost until it is kept.

        Raises:
            StoreFull: there is no room.
        """
        with room():
            write_all(self._descriptor, record, index * RECORD_BYTES)

    def keep(self, offset: int, tail: Buffer) -> None:
        """Return once all that was put, and the tail, are on the disk.

        Raises:
            StoreFull: there is no room (some file systems find out only now).
        """
        with room():
            if tail:
                self._write_tail(tail, offset)
            os.fdatasync(self._descriptor)

    def _write_tail(self, tail: Buffer, offset: int) -> None:
        # A tail of this offset that is there already was left by a writer who died before the row
        # said so; the row's own tail has another offset and is not touched.
        descriptor = os.open(self._paths.tail(offset), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | SAFE, 0o600)
        try:
            write_all(descriptor, tail, 0)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        sync_folder(self._paths.folder)

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
        with room():
            os.ftruncate(self._descriptor, body_size(length))
            write_all(self._descriptor, footer, body_size(length))
            os.fsync(self._descriptor)
            self._paths.part.rename(self._paths.complete)
            self.is_finished = True
            sync_folder(self._paths.folder)
