"""An upload to a real S3 server: in parts, from any worker, past the death of either side."""

import hashlib
import os

import pytest

from muniment.trust.vault.blobs.reading import open_blob, scan
from muniment.trust.vault.blobs.segments import SEGMENT_BYTES
from muniment.trust.vault.store.s3_place import PART_BYTES, PART_PLAIN

S = SEGMENT_BYTES
DATA = os.urandom(2 * PART_PLAIN + 3 * S + 12_345)


def stem(upload):
    return f"{upload.codec.client_id.hex}/{upload.codec.blob_id.hex}"


@pytest.mark.parametrize("length", [0, 1, S, 3 * S + 5, PART_PLAIN, PART_PLAIN + 1, 2 * PART_PLAIN, len(DATA)])
def test_a_file_sent_at_once_is_kept_as_it_was(begin_s3, weed, length):
    upload = begin_s3(DATA[:length])

    receiver = upload.send()

    assert receiver.is_finished
    assert upload.content() == DATA[:length]
    assert scan(upload.store, upload.codec, length) == hashlib.sha256(DATA[:length]).digest()
    assert weed.keys(stem(upload)) == [f"{stem(upload)}.mnb"]
    assert weed.uploads(stem(upload)) == []


def test_a_file_sent_in_pieces_is_kept_as_it_was(begin_s3, weed):
    upload = begin_s3(DATA)

    for stop in (5, S, S + 7, 3 * S, PART_PLAIN - 1, PART_PLAIN, PART_PLAIN + S, 2 * PART_PLAIN + 5):
        upload.send(stop)
        assert upload.offset == stop
        ends = [f"{stem(upload)}.end.{stop}"] if stop % PART_PLAIN else []
        assert weed.keys(stem(upload)) == ends
    upload.send()

    assert upload.content() == DATA
    assert weed.keys(stem(upload)) == [f"{stem(upload)}.mnb"]


def test_all_parts_but_the_last_are_equal(begin_s3, weed):
    upload = begin_s3(DATA)

    upload.send()

    assert PART_BYTES == 8_388_832
    size = weed.client().head_object(Bucket="muniment", Key=f"{stem(upload)}.mnb")["ContentLength"]
    assert size == open_blob(upload.store, upload.codec, len(DATA))._stored.size()
