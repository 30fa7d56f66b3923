"""Laws of the sealed form: it opens to what it was, in any range, and to nothing else."""

import hashlib
import os
import random
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.core import ids
from muniment.trust.vault.blobs.segments import (
    FOOTER_BYTES,
    RECORD_BYTES,
    SEGMENT_BYTES,
    Codec,
    Flag,
    body_size,
    count_segments,
    read,
    record_of,
    sealed_size,
    span,
)
from muniment.trust.vault.errors import FooterDamaged, SegmentDamaged

S = SEGMENT_BYTES
KEY, SALT = os.urandom(32), os.urandom(32)
OKOYE, OTHER_CLIENT = ids.new(), ids.new()
WILL, OTHER_BLOB = ids.new(), ids.new()
CODEC = Codec(KEY, OKOYE, WILL, SALT)
LENGTH = 2 * S + 77
PLAIN = random.Random(1).randbytes(LENGTH)

LENGTHS = st.one_of(
    st.integers(0, 100),
    st.builds(lambda whole, more: max(0, whole * S + more), st.integers(1, 3), st.integers(-2, 2)),
    st.integers(0, 3 * S),
)


def seal(plain: bytes, codec: Codec = CODEC) -> bytes:
    """Seal a whole blob."""
    sealed, tags = b"", hashlib.sha256()
    for index in range(count_segments(len(plain))):
        record = codec.seal(plain[index * S : (index + 1) * S], index, record_of(len(plain), index).flag)
        tags.update(record[-16:])
        sealed += record
    return sealed + codec.footer(len(plain), tags.digest())


def opened(
    sealed: bytes, length: int, start: int = 0, end: int | None = None, *, codec: Codec = CODEC, slice_bytes: int = S
) -> bytes:
    pieces = read(codec, lambda at, size: sealed[at : at + size], length, start, end, slice_bytes=slice_bytes)
    return b"".join(pieces)


SEALED = seal(PLAIN)


def segment(index: int) -> bytes:
    offset, size, _ = record_of(LENGTH, index)
    return SEALED[offset : offset + size]


@pytest.mark.control("aes-256")
@settings(max_examples=25)
@given(length=LENGTHS, seed=st.integers(0, 2**32))
def test_what_is_sealed_opens_to_the_same(length, seed):
    plain = random.Random(seed).randbytes(length)

    sealed = seal(plain)

    assert opened(sealed, length) == plain
    assert len(sealed) == sealed_size(length) == body_size(length) + FOOTER_BYTES
    assert CODEC.check_footer(sealed[-FOOTER_BYTES:]).length == length


@settings(max_examples=60)
@given(bounds=st.tuples(st.integers(0, LENGTH), st.integers(0, LENGTH)), slice_bytes=st.integers(1000, 2 * S))
def test_every_range_opens_to_its_own_bytes(bounds, slice_bytes):
    start, end = sorted(bounds)

    assert opened(SEALED, LENGTH, start, end, slice_bytes=slice_bytes) == PLAIN[start:end]


@given(bounds=st.tuples(st.integers(0, LENGTH), st.integers(0, LENGTH)))
def test_a_range_reads_its_span_and_no_more(bounds):
    start, end = sorted(bounds)
    asked = []

    def pread(offset: int, size: int) -> bytes:
        asked.append((offset, size))
        return SEALED[offset : offset + size]

    assert b"".join(read(CODEC, pread, LENGTH, start, end)) == PLAIN[start:end]
    if asked:
        _, _, offset, size = span(LENGTH, start, end)
        assert (asked[0][0], sum(size for _, size in asked)) == (offset, size)


@pytest.mark.parametrize("length", [0, 1, S - 1, S, S + 1, 2 * S, LENGTH])
def test_records_fill_the_body_without_a_gap(length):
    records = [record_of(length, index) for index in range(count_segments(length))]

    assert [record.offset for record in records] == [index * RECORD_BYTES for index in range(len(records))]
    assert records[-1].offset + records[-1].size == body_size(length)
    assert [record.flag for record in records] == [Flag.MORE] * (len(records) - 1) + [Flag.FINAL]


def test_slices_are_never_larger_than_asked():
    pieces = list(read(CODEC, lambda at, size: SEALED[at : at + size], LENGTH, 5, LENGTH - 5, slice_bytes=65536))

    assert max(map(len, pieces)) == 65536
    assert all(pieces)


def test_nothing_is_read_for_an_empty_range():
    assert opened(b"", LENGTH, 12, 12) == b""


def test_an_empty_blob_is_authenticated_too():
    with pytest.raises(SegmentDamaged):
        opened(bytes(28), 0)


@pytest.mark.parametrize("bounds", [(-1, 5), (6, 5), (0, LENGTH + 1)])
def test_a_range_outside_the_blob_is_a_bug(bounds):
    with pytest.raises(ValueError, match="not inside"):
        opened(SEALED, LENGTH, *bounds)


@pytest.mark.control("rest-documents", "aes-256")
@settings(max_examples=150)
@given(bit=st.integers(0, 8 * len(SEALED) - 1))
def test_a_flipped_bit_anywhere_is_refused_and_named(bit):
    damaged = bytearray(SEALED)
    damaged[bit // 8] ^= 1 << bit % 8
    index = bit // 8 // RECORD_BYTES

    if bit // 8 < body_size(LENGTH):
        with pytest.raises(SegmentDamaged) as caught:
            opened(bytes(damaged), LENGTH)
        assert caught.value.index == index
    else:
        with pytest.raises(FooterDamaged):
            CODEC.check_footer(bytes(damaged[-FOOTER_BYTES:]))


@given(bit=st.integers(0, 8 * FOOTER_BYTES - 1))
def test_no_bit_of_the_footer_is_free(bit):
    footer = bytearray(SEALED[-FOOTER_BYTES:])
    footer[bit // 8] ^= 1 << bit % 8

    with pytest.raises(FooterDamaged):
        CODEC.check_footer(bytes(footer))


class Forgery(NamedTuple):
    """A body made of good segments that never stood together like this, and the first that gives it away."""

    name: str
    body: bytes
    length: int
    broken_at: int


def foreign(codec: Codec, index: int) -> bytes:
    return codec.seal(PLAIN[index * S : (index + 1) * S], index, record_of(LENGTH, index).flag)


TAIL = CODEC.seal(PLAIN[2 * S :], 2, Flag.TAIL)
FORGERIES = [
    Forgery("cut at a segment, told shorter", segment(0) + segment(1), 2 * S, 1),
    Forgery("cut inside a segment", SEALED[: RECORD_BYTES + 5000], LENGTH, 1),
    Forgery("cut to nothing", b"", LENGTH, 0),
    Forgery("told longer", SEALED, LENGTH + S, 2),
    Forgery("two swapped", segment(1) + segment(0) + segment(2), LENGTH, 0),
    Forgery("one twice", segment(0) + segment(0) + segment(2), LENGTH, 1),
    Forgery("one left out", segment(0) + segment(2), S + 77, 1),
    Forgery("of another blob", segment(0) + foreign(Codec(KEY, OKOYE, OTHER_BLOB, SALT), 1) + segment(2), LENGTH, 1),
    Forgery("of another client", foreign(Codec(KEY, OTHER_CLIENT, WILL, SALT), 0) + SEALED[RECORD_BYTES:], LENGTH, 0),
    Forgery("of another salt", foreign(Codec(KEY, OKOYE, WILL, bytes(32)), 0) + SEALED[RECORD_BYTES:], LENGTH, 0),
    Forgery("of another key", foreign(Codec(SALT, OKOYE, WILL, SALT), 0) + SEALED[RECORD_BYTES:], LENGTH, 0),
    Forgery("a tail passed off as the end", segment(0) + segment(1) + TAIL, LENGTH, 2),
    Forgery("the end passed off as one of many", segment(0) + CODEC.seal(PLAIN[:S], 1, Flag.FINAL), LENGTH, 1),
]


@pytest.mark.control("rest-documents")
@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.name)
def test_a_forged_body_is_refused_and_the_segment_named(forgery):
    with pytest.raises(SegmentDamaged) as caught:
        opened(forgery.body, forgery.length)

    assert caught.value.index == forgery.broken_at
    assert str(forgery.broken_at) in str(caught.value)


@pytest.mark.parametrize(
    "stranger",
    [
        Codec(SALT, OKOYE, WILL, SALT),
        Codec(KEY, OTHER_CLIENT, WILL, SALT),
        Codec(KEY, OKOYE, OTHER_BLOB, SALT),
        Codec(KEY, OKOYE, WILL, KEY),
    ],
    ids=["key", "client", "blob", "salt"],
)
def test_nothing_opens_under_another_key_client_blob_or_salt(stranger):
    with pytest.raises(SegmentDamaged):
        opened(SEALED, LENGTH, codec=stranger)
    with pytest.raises(FooterDamaged):
        stranger.check_footer(SEALED[-FOOTER_BYTES:])


def test_the_same_bytes_never_look_the_same_twice():
    assert CODEC.seal(PLAIN[:S], 0, Flag.MORE) != CODEC.seal(PLAIN[:S], 0, Flag.MORE)


def test_a_segment_holds_no_more_than_its_size():
    with pytest.raises(ValueError, match="1 MiB"):
        CODEC.seal(bytes(S + 1), 0, Flag.MORE)


@pytest.mark.parametrize(("key", "salt"), [(bytes(16), bytes(32)), (bytes(32), bytes(16))])
@pytest.mark.control("aes-256")
def test_a_key_has_256_bits_or_none(key, salt):
    with pytest.raises(ValueError, match="32 bytes"):
        Codec(key, OKOYE, WILL, salt)
