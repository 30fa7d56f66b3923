"""An upload that survives everything: a broken connection, a killed worker, a loss of power.

Whole segments go to their final place. The bytes after the last whole segment are sealed as a tail in a
file of its own, named by the offset it ends at. The offset in the row moves only once all before it is safe in
the store, and the old tail goes only after that: whenever a worker dies, the row's offset can be gone on from,
by any other process. Sealing happens as bytes come; nothing is ever stored in the clear.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from muniment.trust.vault.blobs.segments import (
    RECORD_BYTES,
    SEAL_BYTES,
    SEGMENT_BYTES,
    Buffer,
    Codec,
    Flag,
    count_segments,
)
from muniment.trust.vault.errors import (
    ChecksumMismatch,
    KeptLess,
    PastLength,
    SegmentDamaged,
    UnknownChecksum,
    WrongOffset,
)
from muniment.trust.vault.store.contract import Part, Store

COMMIT_BYTES = 8 * SEGMENT_BYTES
"""How much may be lost, and sent again, when a worker dies."""

CHECKSUM_BYTES = {"sha1": 20, "sha256": 32}
"""Known checksums of a chunk and their sizes; sha1 because the tus protocol demands it."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the sender says the bytes of one chunk hash to."""

    algorithm: str
    digest: bytes

    def __post_init__(self) -> None:
        """Refuse what cannot be compared.

        Raises:
            UnknownChecksum: the algorithm is not known, or the digest has not its size.
        """
        if CHECKSUM_BYTES.get(self.algorithm) != len(self.digest):
            raise UnknownChecksum


class Receiver:
    """Receives one chunk of an upload under the upload's lock.

        with Receiver(store, codec, length=..., offset=..., load_offset=..., save_offset=...) as receiver:
            while data := body.read(SEGMENT_BYTES):
                receiver.feed(data)

    Leaving the block keeps all that came, also when it is left by a broken connection (OSError, EOFError);
    after any other exception nothing past the last commit counts. With a checksum, all counts or nothing.
    A chunk that reaches the length finishes the blob; so does an empty chunk at the end, if a worker died there.
    """

    def __init__(
        self,
        store: Store,
        codec: Codec,
        *,
        length: int,
        offset: int,
        load_offset: Callable[[], int],
        save_offset: Callable[[int], None],
        size: int | None = None,
        checksum: Checksum | None = None,
    ) -> None:
        """Say what comes.

        Args:
            store: Where the blob was created.
            codec: Made with the blob's key.
            length: Plain bytes of the whole blob.
            offset: Where the sender wants to go on.
            load_offset: Reads the committed offset; called once, under the lock.
            save_offset: Commits a new offset; what it means is on the disk by then.
            size: Plain bytes of this chunk, if known (Content-Length).
            checksum: What the chunk must hash to.
        """
        self._store = store
        self._codec = codec
        self._length = length
        self._wanted = offset
        self._load_offset = load_offset
        self._save_offset = save_offset
        self._size = size
        self._checksum = checksum
        self._part: Part
        self._buffer = bytearray(SEGMENT_BYTES)
        self._record = bytearray(RECORD_BYTES)
        self._filled = 0  # plain bytes in the buffer
        self._index = 0  # the segment being filled
        self._position = 0  # plain bytes received so far
        self._has_failed = False
        self.offset = 0
        """Plain bytes that are kept for good."""

    @property
    def is_finished(self) -> bool:
        """Tell whether the blob is complete in the store."""
        return self._part.is_finished

    def __enter__(self) -> Self:
        """Take the lock and find the place.

        Raises:
            Locked: another connection is writing to this upload.
            WrongOffset: the upload does not go on at `offset`.
            PastLength: `size` does not fit.
            SegmentDamaged: the kept tail does not open.
        """
        part = self._store.open_part(self._codec.client_id, self._codec.blob_id)
        try:
            self._part = part
            self._begin()
        except BaseException:
            part.__exit__()
            raise
        return self

    def feed(self, data: Buffer) -> None:
        """Take bytes of any number, in the order they were sent.

        Raises:
            PastLength: they do not fit; nothing past the last commit counts.
            StoreFull: there is no room; nothing past the last commit counts.
        """
        # An error from in here, unlike one from the connection, makes it unsafe to keep what came: after
        # a failed sync the kernel may forget what it could not write, and report the next sync as good.
        self._has_failed = True
        with _set_back(self._save_offset):
            self._take(memoryview(data))
        self._has_failed = False

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Keep what came, finish the blob if it is whole, and let go of the lock.

        Raises:
            ChecksumMismatch: the chunk is not what was sent; nothing of it counts.
            StoreFull: there is no room; nothing past the last commit counts.
        """
        with self._part:
            if self._has_failed or not (error is None or isinstance(error, OSError | EOFError)):
                return
            if self._checksum is not None:
                if error is not None:
                    return
                if not hmac.compare_digest(self._hash.digest(), self._checksum.digest):
                    raise ChecksumMismatch
            with _set_back(self._save_offset):
                self._keep()

    def _begin(self) -> None:
        self.offset = self._load_offset()
        if self._part.is_finished and self.offset != self._length:
            # The database was set back, by a restore, to before the end of this upload; the bytes were not.
            self._save_offset(self._length)
            self.offset = self._length
        if self._wanted != self.offset:
            raise WrongOffset(self.offset)
        if self._size is not None and self.offset + self._size > self._length:
            raise PastLength
        if self._checksum is not None:
            self._hash = hashlib.new(self._checksum.algorithm, usedforsecurity=False)
        self._position = self.offset
        self._index, self._filled = divmod(self.offset, SEGMENT_BYTES)
        if self.offset < self._length:
            self._go_on()

    def _go_on(self) -> None:
        with _set_back(self._save_offset):
            kept = self._part.go_on(self.offset)
        whole = len(kept) // RECORD_BYTES if not self._filled else (len(kept) - SEAL_BYTES) // RECORD_BYTES
        for number in range(whole):  # found now, while the sender still has the file
            record = kept[number * RECORD_BYTES : (number + 1) * RECORD_BYTES]
            self._codec.open(record, self._index - whole + number, Flag.MORE)
        if not self._filled:
            return
        tail = self._codec.open(kept[whole * RECORD_BYTES :], self._index, Flag.TAIL)
        if len(tail) != self._filled:
            raise SegmentDamaged(self._index)
        self._buffer[: self._filled] = tail

    def _take(self, data: memoryview) -> None:
        if self._position + len(data) > self._length:
            raise PastLength
        if self._checksum is not None:
            self._hash.update(data)
        self._position += len(data)
        while data:
            taken = min(SEGMENT_BYTES - self._filled, len(data))
            self._buffer[self._filled : self._filled + taken] = data[:taken]
            self._filled += taken
            data = data[taken:]
            if self._filled == SEGMENT_BYTES:
                self._store_segment()
                if self._is_due():
                    self._commit(self._index * SEGMENT_BYTES, b"")

    def _is_due(self) -> bool:
        """Tell whether to commit now: at the places where stores end their parts, but not before the very end."""
        offset = self._index * SEGMENT_BYTES
        return offset % COMMIT_BYTES == 0 and offset != self._length and self._checksum is None

    def _store_segment(self) -> None:
        is_last = self._index * SEGMENT_BYTES + self._filled == self._length
        sealed = self._seal(Flag.FINAL if is_last else Flag.MORE)
        self._part.write(sealed, self._index)
        self._index += 1
        self._filled = 0

    def _seal(self, flag: Flag) -> memoryview:
        plain = memoryview(self._buffer)[: self._filled]
        size = self._codec.seal_into(self._record, plain, self._index, flag)
        return memoryview(self._record)[:size]

    def _keep(self) -> None:
        if self._position == self._length:
            # Finishing keeps the last bytes too. The row moves after it, and learns of it if this process dies between.
            if self._filled and self._position != self.offset:
                self._store_segment()
            _complete(self._part, self._codec, self._length)
            self._move(self._length)
            self._part.drop_ends()
        elif self._position != self.offset:
            self._commit(self._position, self._seal(Flag.TAIL) if self._filled else b"")

    def _commit(self, offset: int, tail: Buffer) -> None:
        self._part.keep(offset, tail)
        old = self.offset
        self._move(offset)
        if old != offset:
            self._part.drop_end(old)

    def _move(self, offset: int) -> None:
        if offset != self.offset:
            self._save_offset(offset)
        self.offset = offset


def finish(store: Store, codec: Codec, length: int) -> None:
    """Complete a blob whose bytes have all come; again and after a death at any step, to the same end.

    Raises:
        Locked: another connection is writing to this upload.
        SegmentDamaged: the last segment is not there: the bytes have not all come.
    """
    with store.open_part(codec.client_id, codec.blob_id) as part:
        _complete(part, codec, length)
        part.drop_ends()


def _complete(part: Part, codec: Codec, length: int) -> None:
    if not part.is_finished:
        last = count_segments(length) - 1
        if length == 0:
            part.write(codec.seal(b"", 0, Flag.FINAL), 0)
        codec.open(part.last_record(length), last, Flag.FINAL)
        part.finish(length, codec.footer(length, part.tags_digest(length)))


@contextmanager
def _set_back(save_offset: Callable[[int], None]) -> Iterator[None]:
    """Let an upload go on from an earlier place when its store has lost the end of it, and say so to the sender.

    Raises:
        WrongOffset: it has.
    """
    try:
        yield
    except KeptLess as error:
        save_offset(error.offset)
        raise WrongOffset(error.offset) from error
