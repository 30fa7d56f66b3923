"""What an upload refuses, what it raises an alarm about, and that neither harms what was kept."""

import hashlib
import os

import pytest

from muniment.trust.vault.blobs.receiving import Checksum, finish
from muniment.trust.vault.blobs.segments import FOOTER_BYTES, SEGMENT_BYTES
from muniment.trust.vault.errors import (
    BlobMissing,
    ChecksumMismatch,
    Locked,
    PastLength,
    SegmentDamaged,
    UnknownChecksum,
    WrongOffset,
)

S = SEGMENT_BYTES
DATA = os.urandom(10 * S)


@pytest.mark.parametrize("at", [0, S - 1, S + 1, 2 * S])
def test_the_wrong_offset_is_refused_with_the_right_one(begin, at):
    upload = begin(DATA[: 2 * S])
    upload.send(S)

    with pytest.raises(WrongOffset) as caught, upload.receiver(at=at):
        pytest.fail("the block must not run")

    assert (caught.value.status, caught.value.headers) == (409, {"Upload-Offset": str(S)})


def test_the_offset_is_read_under_the_lock(begin):
    """Two senders of the same chunk: the second sees what the first has kept, however late it asked."""
    upload = begin(DATA[: 2 * S])
    late = upload.receiver(at=0)
    upload.send(S)

    with pytest.raises(WrongOffset), late:
        pytest.fail("the block must not run")


def test_a_second_connection_is_refused_and_the_first_goes_on(begin):
    upload = begin(DATA[: 2 * S])

    with upload.receiver() as receiver:
        receiver.feed(DATA[:S])
        with pytest.raises(Locked) as caught, upload.receiver():
            pytest.fail("the block must not run")
        receiver.feed(DATA[S : 2 * S])

    assert caught.value.status == 423
    assert upload.content() == DATA[: 2 * S]


def test_a_refused_start_lets_go_of_the_lock(begin):
    upload = begin(DATA[:S])

    with pytest.raises(WrongOffset), upload.receiver(at=5):
        pytest.fail("the block must not run")

    upload.send()
    assert upload.content() == DATA[:S]


def test_a_chunk_that_would_not_fit_is_refused_before_its_first_byte(begin):
    upload = begin(DATA[:100])
    upload.send(60)

    with pytest.raises(PastLength) as caught, upload.receiver(size=41):
        pytest.fail("the block must not run")

    assert caught.value.status == 413
    with upload.receiver(size=40) as receiver:
        receiver.feed(DATA[60:100])
    assert upload.content() == DATA[:100]


def test_bytes_past_the_length_are_refused_and_nothing_of_the_chunk_counts(begin):
    upload = begin(DATA[:100])
    upload.send(60)

    with pytest.raises(PastLength):
        upload.receive(DATA[60:90], DATA[90:101])

    assert upload.offset == 60
    assert upload.files() == ["part", "tail.60"]


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_chunk_with_the_right_checksum_is_kept(begin, algorithm):
    upload = begin(DATA[: 2 * S])
    digest = hashlib.new(algorithm, DATA[: S + 9]).digest()

    with upload.receiver(checksum=Checksum(algorithm, digest)) as receiver:
        receiver.feed(DATA[:S])
        receiver.feed(DATA[S : S + 9])

    assert upload.saved == [S + 9]
    upload.send()
    assert upload.content() == DATA[: 2 * S]


def test_a_chunk_with_the_wrong_checksum_leaves_no_trace(begin):
    upload = begin(DATA[: 2 * S])
    upload.send(10)
    wrong = Checksum("sha256", hashlib.sha256(DATA[10 : 2 * S]).digest())

    with pytest.raises(ChecksumMismatch) as caught:
        upload.receive(bytes(2 * S - 10), checksum=wrong)

    assert (caught.value.status, upload.offset) == (460, 10)
    upload.send()
    assert upload.content() == DATA[: 2 * S]


def test_a_chunk_with_a_checksum_counts_only_whole(begin):
    upload = begin(DATA)
    checksum = Checksum("sha256", hashlib.sha256(DATA).digest())

    with pytest.raises(ConnectionResetError):
        upload.receive(DATA[: 9 * S], then=ConnectionResetError(), checksum=checksum)

    assert upload.saved == []


@pytest.mark.parametrize(("algorithm", "digest"), [("md5", bytes(16)), ("sha256", bytes(20)), ("", b""), ("sha1", b"")])
def test_an_unknown_checksum_is_refused(algorithm, digest):
    with pytest.raises(UnknownChecksum) as caught:
        Checksum(algorithm, digest)

    assert caught.value.status == 400


def test_a_finished_upload_answers_an_empty_chunk_and_takes_no_more(begin):
    upload = begin(DATA[:100])
    upload.send()

    with upload.receiver() as receiver:
        pass
    assert receiver.is_finished
    with pytest.raises(PastLength):
        upload.receive(b"x")
    assert upload.content() == DATA[:100]


@pytest.mark.parametrize("sent", [0, 5, S, S + 5])
def test_an_upload_that_has_not_all_come_is_not_finished(begin, sent):
    upload = begin(DATA[: 2 * S])
    upload.send(sent)

    with pytest.raises(SegmentDamaged):
        finish(upload.store, upload.codec, len(upload.data))

    upload.send()
    assert upload.content() == DATA[: 2 * S]


def test_a_last_segment_damaged_before_the_finish_is_an_alarm(begin):
    upload = begin(DATA[: S + 3])
    upload.send()
    body = bytearray(upload.path("mnb").read_bytes()[:-FOOTER_BYTES])
    body[-1] ^= 1
    upload.path("mnb").unlink()
    upload.path("part").write_bytes(body)

    with pytest.raises(SegmentDamaged) as caught:
        upload.send()

    assert caught.value.index == 1
    assert upload.files() == ["part"]


def test_a_damaged_tail_is_an_alarm(begin):
    upload = begin(DATA[: 2 * S])
    upload.send(S + 5)
    path = upload.path(f"tail.{S + 5}")
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(SegmentDamaged) as caught, upload.receiver():
        pytest.fail("the block must not run")

    assert caught.value.index == 1


def test_the_tail_of_another_offset_does_not_pass(begin):
    upload = begin(DATA[: 2 * S])
    upload.send(S + 5)
    upload.path(f"tail.{S + 5}").rename(upload.path(f"tail.{S + 4}"))
    upload.offset = S + 4

    with pytest.raises(SegmentDamaged), upload.receiver():
        pytest.fail("the block must not run")


def test_a_lost_upload_is_an_alarm(begin):
    upload = begin(DATA[:100])
    upload.store.delete(upload.codec.client_id, upload.codec.blob_id)

    with pytest.raises(BlobMissing), upload.receiver():
        pytest.fail("the block must not run")
