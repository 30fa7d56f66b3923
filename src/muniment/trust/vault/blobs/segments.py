"""The sealed form of a blob, MNB1: segments of 1 MiB that open alone, in any order, at exact offsets.

    record i, at i * RECORD_BYTES:  nonce (12, random) | AES-256-GCM ciphertext | tag (16)
    associated data:                "MNB1" | client id (16) | blob id (16) | index (u64) | flag (u8)
    keys:                           HKDF-SHA256(key, salt, "muniment/mnb1" | suite | log2 | client | blob)
                                    gives the segment key, the key of the footer's HMAC, and a commitment
    footer, the last 192 bytes:     magic | suite | log2 | footer size | client | blob | salt | length |
                                    segments | SHA-256 of all tags | commitment | HMAC | 8 zero bytes

Numbers are big-endian. Nonces are random, not counted: an upload that goes on seals a segment again, and
a counted nonce would come twice. The commitment keeps one file from opening under two keys. An empty
blob has one empty segment, so that every blob is authenticated.
"""

import hmac
import os
import struct
from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from muniment.trust.vault.errors import FooterDamaged, SegmentDamaged
from muniment.trust.vault.keys.wrapping import KEY_BYTES, NONCE_BYTES, TAG_BYTES, hkdf

Buffer = bytes | bytearray | memoryview
Pread = Callable[[int, int], bytes]
"""Reads at (offset, size); gives fewer bytes only at the end of the file."""

SEGMENT_LOG2 = 20
SEGMENT_BYTES = 1 << SEGMENT_LOG2
SEAL_BYTES = NONCE_BYTES + TAG_BYTES
RECORD_BYTES = SEGMENT_BYTES + SEAL_BYTES
FOOTER_BYTES = 192
SALT_BYTES = 32
MAXIMUM_SEGMENTS = 1 << 32  # random nonces of 96 bits: NIST SP 800-38D, section 8.3

_MAGIC = b"MNB1"
_SUITE = 1  # AES-256-GCM, HKDF-SHA256, HMAC-SHA256
_LABEL = b"muniment/mnb1" + bytes((_SUITE, SEGMENT_LOG2))
_FOOTER_HEAD = struct.Struct(">4sBBH16s16s32sQQ32s32s")
_SEAT = struct.Struct(">QB")


class Flag(IntEnum):
    """What a segment is to its blob."""

    MORE = 0
    FINAL = 1
    TAIL = 2
    """The provisional end of an unfinished upload; never part of a finished blob."""


class Record(NamedTuple):
    """Where one sealed segment lies in a finished blob."""

    offset: int
    size: int
    flag: Flag


class Span(NamedTuple):
    """The sealed segments (`first` to `last`, both included) and bytes that hold a range."""

    first: int
    last: int
    offset: int
    size: int


class Footer(NamedTuple):
    """What a checked footer says of its blob."""

    length: int
    tags_digest: bytes


class Codec:
    """Seals and opens the segments and the footer of one blob.

    It holds all that a process needs to go on with an upload that another one began.
    """

    __slots__ = ("_aad", "_commitment", "_gcm", "_mac_key", "blob_id", "client_id", "salt")

    def __init__(self, key: bytes, client_id: UUID, blob_id: UUID, salt: bytes) -> None:
        """Take the blob's own 32-byte key and the 32-byte salt made with it."""
        if len(key) != KEY_BYTES or len(salt) != SALT_BYTES:
            raise ValueError("a blob has a key of 32 bytes and a salt of 32 bytes")
        self.client_id = client_id
        self.blob_id = blob_id
        self.salt = salt
        place = client_id.bytes + blob_id.bytes
        keys = hkdf(key, salt=salt, info=_LABEL + place, length=3 * KEY_BYTES)
        self._gcm = AESGCM(keys[:KEY_BYTES])
        self._mac_key = keys[KEY_BYTES : 2 * KEY_BYTES]
        self._commitment = keys[2 * KEY_BYTES :]
        self._aad = _MAGIC + place

    def seal_into(self, out: bytearray | memoryview, plain: Buffer, index: int, flag: Flag) -> int:
        """Seal at most 1 MiB into the start of `out` and return the size of the record, 28 bytes more."""
        size = len(plain) + SEAL_BYTES
        if size > RECORD_BYTES or not 0 <= index < MAXIMUM_SEGMENTS:
            raise ValueError("a segment holds at most 1 MiB, a blob at most 2^32 segments")
        record = memoryview(out)[:size]
        nonce = os.urandom(NONCE_BYTES)
        record[:NONCE_BYTES] = nonce
        self._gcm.encrypt_into(nonce, plain, self._aad + _SEAT.pack(index, flag), record[NONCE_BYTES:])
        return size

    def seal(self, plain: Buffer, index: int, flag: Flag) -> bytes:
        """Return one sealed segment."""
        record = bytearray(len(plain) + SEAL_BYTES)
        self.seal_into(record, plain, index, flag)
        return bytes(record)

    def open(self, record: Buffer, index: int, flag: Flag) -> bytes:
        """Return the plaintext of one sealed segment.

        Raises:
            SegmentDamaged: the record was changed, cut, or sealed for another place, flag, blob or key.
        """
        view = memoryview(record)
        if not SEAL_BYTES <= len(view) <= RECORD_BYTES:
            raise SegmentDamaged(index)
        try:
            return self._gcm.decrypt(view[:NONCE_BYTES], view[NONCE_BYTES:], self._aad + _SEAT.pack(index, flag))
        except InvalidTag as error:
            raise SegmentDamaged(index) from error

    def footer(self, length: int, tags_digest: bytes) -> bytes:
        """Return the 192-byte footer of a blob of `length` plain bytes."""
        head = _FOOTER_HEAD.pack(
            _MAGIC,
            _SUITE,
            SEGMENT_LOG2,
            FOOTER_BYTES,
            self.client_id.bytes,
            self.blob_id.bytes,
            self.salt,
            length,
            count_segments(length),
            tags_digest,
            self._commitment,
        )
        return (head + hmac.digest(self._mac_key, head, "sha256")).ljust(FOOTER_BYTES, b"\0")

    def check_footer(self, footer: bytes) -> Footer:
        """Return what the footer says, once every bit of it is known to be ours.

        Raises:
            FooterDamaged: it was changed, cut, or made for another blob or key.
        """
        if len(footer) != FOOTER_BYTES:
            raise FooterDamaged
        head = _FOOTER_HEAD.unpack_from(footer)
        said = Footer(length=head[7], tags_digest=head[9])
        if not hmac.compare_digest(footer, self.footer(*said)):  # made anew: no field is left unchecked
            raise FooterDamaged
        return said


def count_segments(length: int) -> int:
    """Return how many segments hold `length` plain bytes; at least one."""
    return max(1, -(-length // SEGMENT_BYTES))


def body_size(length: int) -> int:
    """Return the size of all records of a blob, which is where its footer starts."""
    return length + SEAL_BYTES * count_segments(length)


def sealed_size(length: int) -> int:
    """Return the size of a finished blob of `length` plain bytes."""
    return body_size(length) + FOOTER_BYTES


def record_of(length: int, index: int) -> Record:
    """Return where segment `index` of a blob of `length` plain bytes lies."""
    offset = index * RECORD_BYTES
    if index < count_segments(length) - 1:
        return Record(offset, RECORD_BYTES, Flag.MORE)
    return Record(offset, body_size(length) - offset, Flag.FINAL)


def span(length: int, start: int, end: int) -> Span:
    """Return what has to be fetched to read the plain bytes from `start` up to, not including, `end`."""
    if not 0 <= start <= end <= length:
        raise ValueError("the range is not inside the blob")
    first = min(start // SEGMENT_BYTES, count_segments(length) - 1)
    last = max(first, (end - 1) // SEGMENT_BYTES)
    record = record_of(length, last)
    offset = first * RECORD_BYTES
    return Span(first, last, offset, record.offset + record.size - offset)


def read(
    codec: Codec, pread: Pread, length: int, start: int = 0, end: int | None = None, *, slice_bytes: int = SEGMENT_BYTES
) -> Iterator[bytes]:
    """Yield the plain bytes from `start` up to, not including, `end` (None: all), `slice_bytes` at most at a time.

    Every byte is authenticated before it is yielded. A range that does not reach the last segment cannot
    see that the file was cut: compare the size of the file first, as `reading.open_blob` does.

    Raises:
        SegmentDamaged: a segment in the range does not open.
    """
    end = length if end is None else end
    if start == end and length:
        return
    first, last, _, _ = span(length, start, end)
    for index in range(first, last + 1):
        offset, size, flag = record_of(length, index)
        plain = codec.open(pread(offset, size), index, flag)
        base = index * SEGMENT_BYTES
        low, high = max(start - base, 0), min(end - base, len(plain))
        for at in range(low, high, slice_bytes):
            yield plain[at : min(at + slice_bytes, high)]
