"""Reading back: what a person gets, and what a read-back proves."""

import hashlib
import os
from pathlib import Path

import pytest

from muniment.trust.vault.blobs.reading import SLICE_BYTES, open_blob, scan
from muniment.trust.vault.blobs.segments import FOOTER_BYTES, RECORD_BYTES, SEGMENT_BYTES, Codec, Flag
from muniment.trust.vault.errors import BlobDamaged, BlobMissing, FooterDamaged, SegmentDamaged, SizeDiffers

S = SEGMENT_BYTES
DATA = os.urandom(2 * S + 77)


@pytest.fixture
def upload(begin):
    upload = begin(DATA)
    upload.send()
    return upload


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_range_is_read_in_slices_the_server_likes(upload):
    with open_blob(upload.store, upload.codec, len(DATA)) as blob:
        pieces = list(blob.read(S - 5, 2 * S + 5))

    assert b"".join(pieces) == DATA[S - 5 : 2 * S + 5]
    assert max(map(len, pieces)) == SLICE_BYTES == 65536


def test_a_stream_closes_its_blob_at_the_end(upload):
    before = open_files()

    assert b"".join(open_blob(upload.store, upload.codec, len(DATA)).stream()) == DATA

    assert open_files() == before


def test_a_stream_that_nobody_reads_closes_its_blob_too(upload):
    before = open_files()

    open_blob(upload.store, upload.codec, len(DATA)).stream().close()

    assert open_files() == before


def test_a_stream_closes_its_blob_when_a_segment_is_damaged(upload):
    before = open_files()
    flip(upload.path("mnb"), RECORD_BYTES + 500)
    stream = open_blob(upload.store, upload.codec, len(DATA)).stream()

    with pytest.raises(SegmentDamaged):
        list(stream)

    assert open_files() == before


@pytest.mark.parametrize("cut", [1, FOOTER_BYTES, 300, RECORD_BYTES])
@pytest.mark.control("rest-documents")
def test_a_cut_file_is_refused_before_its_first_byte(upload, cut):
    path, before = upload.path("mnb"), open_files()
    os.truncate(path, path.stat().st_size - cut)

    with pytest.raises(SizeDiffers) as caught:
        open_blob(upload.store, upload.codec, len(DATA))

    assert caught.value.expected_bytes - caught.value.found_bytes == cut
    assert isinstance(caught.value, BlobDamaged)
    assert open_files() == before


def test_a_longer_file_is_refused(upload):
    with upload.path("mnb").open("ab") as file:
        file.write(b"\0")

    with pytest.raises(SizeDiffers):
        open_blob(upload.store, upload.codec, len(DATA))


def test_a_changed_footer_is_refused(upload):
    flip(upload.path("mnb"), -1)

    with pytest.raises(FooterDamaged):
        open_blob(upload.store, upload.codec, len(DATA))


def test_a_footer_of_another_length_is_refused(upload):
    path = upload.path("mnb")
    path.write_bytes(path.read_bytes()[:-FOOTER_BYTES] + upload.codec.footer(S, bytes(32)))

    with pytest.raises(FooterDamaged):
        open_blob(upload.store, upload.codec, len(DATA))


@pytest.mark.control("rest-documents")
def test_a_file_moved_to_another_client_does_not_open(upload, begin):
    mallorys = begin(DATA)
    mallorys.send()
    mallorys.path("mnb").write_bytes(upload.path("mnb").read_bytes())

    with pytest.raises(FooterDamaged):
        open_blob(mallorys.store, mallorys.codec, len(DATA))


def test_a_missing_blob_is_an_alarm(upload):
    stranger = Codec(bytes(32), upload.codec.client_id, upload.codec.client_id, bytes(32))

    with pytest.raises(BlobMissing):
        open_blob(upload.store, stranger, len(DATA))


def test_a_read_back_gives_the_digest_of_the_plain_bytes(upload):
    assert scan(upload.store, upload.codec, len(DATA)) == hashlib.sha256(DATA).digest()


@pytest.mark.control("rest-documents")
@pytest.mark.parametrize(
    ("at", "index"), [(0, 0), (RECORD_BYTES - 1, 0), (RECORD_BYTES + 5, 1), (-FOOTER_BYTES - 1, 2)]
)
def test_a_read_back_finds_a_flipped_byte_and_names_the_segment(upload, at, index):
    flip(upload.path("mnb"), at)

    with pytest.raises(SegmentDamaged) as caught:
        scan(upload.store, upload.codec, len(DATA))

    assert caught.value.index == index


def test_a_read_back_finds_a_segment_of_an_earlier_state(upload):
    """Sealed by the right key for the right place, but not what was there when the blob was finished."""
    path = upload.path("mnb")
    body = bytearray(path.read_bytes())
    body[:RECORD_BYTES] = upload.codec.seal(bytes(S), 0, Flag.MORE)
    path.write_bytes(body)

    with pytest.raises(FooterDamaged):
        scan(upload.store, upload.codec, len(DATA))


def flip(path: Path, at: int) -> None:
    body = bytearray(path.read_bytes())
    body[at] ^= 1
    path.write_bytes(body)
