"""An upload in pieces: what is kept, what is refused, and what lies on the disk meanwhile."""

import hashlib
import os
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muniment.trust.vault.errors import (
    BlobMissing,
    ChecksumMismatch,
    Locked,
    PastLength,
    SegmentDamaged,
    UnknownChecksum,
    WrongOffset,
)
from muniment.trust.vault.reading import open_blob, scan
from muniment.trust.vault.receiving import COMMIT_BYTES, Checksum, finish
from muniment.trust.vault.segments import SEGMENT_BYTES

S = SEGMENT_BYTES
DATA = os.urandom(13 * S)


def content(upload) -> bytes:
    with open_blob(upload.store, upload.codec, len(upload.data)) as blob:
        return b"".join(blob.read())


@pytest.mark.parametrize("length", [0, 1, S - 1, S, S + 1, 3 * S, COMMIT_BYTES + S - 1])
def test_a_file_sent_at_once_is_kept_as_it_was(begin, length):
    upload = begin(DATA[:length])

    receiver = upload.send()

    assert receiver.is_finished
    assert upload.offset == receiver.offset == length
    assert upload.files() == ["mnb"]
    assert content(upload) == DATA[:length]
    assert scan(upload.store, upload.codec, length) == hashlib.sha256(DATA[:length]).digest()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    length=st.one_of(st.integers(1, 4 * S), st.sampled_from([2 * S, 2 * S + 1])),
    stops=st.lists(st.integers(0, 4 * S), max_size=5),
    piece=st.sampled_from([65_536, 300_001, S, 2 * S + 5]),
)
def test_a_file_sent_in_any_pieces_is_kept_as_it_was(begin, length, stops, piece):
    upload = begin(DATA[:length])

    for stop in sorted(stop for stop in stops if stop < length):
        upload.send(stop, piece=piece)
        assert upload.offset == stop
        assert upload.files() == ["part", f"tail.{stop}"] if stop % S else ["part"]
    upload.send(piece=piece)

    assert content(upload) == DATA[:length]
    assert upload.files() == ["mnb"]


def test_the_offset_moves_every_eight_segments(begin):
    upload = begin(DATA[: 10 * S + 5])

    upload.send()

    assert upload.saved == [COMMIT_BYTES, 10 * S + 5]


def test_the_offset_never_passes_what_has_come(begin):
    """The last commit of a chunk falls on its end, not on the end of its last segment's place."""
    upload = begin(DATA[: 8 * S - 10])

    upload.send()

    assert upload.saved == [8 * S - 10]


@pytest.mark.parametrize("error", [ConnectionResetError, TimeoutError, EOFError])
def test_a_broken_connection_keeps_all_that_came(begin, error):
    upload = begin(DATA[: 3 * S])

    with pytest.raises(error):
        upload.receive(DATA[: S + 77], then=error())

    assert upload.offset == S + 77
    upload.send()
    assert content(upload) == DATA[: 3 * S]


def test_after_any_other_error_nothing_past_the_last_commit_counts(begin):
    upload = begin(DATA[: 12 * S])
    upload.send(5)

    with pytest.raises(ZeroDivisionError):
        upload.receive(DATA[5 : 9 * S + 77], then=ZeroDivisionError())

    assert upload.offset == COMMIT_BYTES
    upload.send()
    assert content(upload) == DATA[: 12 * S]


def test_a_failed_sync_is_never_tried_again(begin, monkeypatch):
    """The kernel may forget what it could not write and call the next sync good."""
    upload = begin(DATA[: 9 * S])
    syncs = []

    def failing(descriptor: int) -> None:
        syncs.append(descriptor)
        if len(syncs) == 1:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fdatasync", failing)
    with pytest.raises(OSError, match="Input/output"):
        upload.receive(DATA[: 9 * S])

    assert (upload.offset, len(syncs)) == (0, 1)


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
    assert content(upload) == DATA[: 2 * S]


def test_a_refused_start_lets_go_of_the_lock(begin):
    upload = begin(DATA[:S])

    with pytest.raises(WrongOffset), upload.receiver(at=5):
        pytest.fail("the block must not run")

    upload.send()
    assert content(upload) == DATA[:S]


def test_a_chunk_that_would_not_fit_is_refused_before_its_first_byte(begin):
    upload = begin(DATA[:100])
    upload.send(60)

    with pytest.raises(PastLength) as caught, upload.receiver(size=41):
        pytest.fail("the block must not run")

    assert caught.value.status == 413
    with upload.receiver(size=40) as receiver:
        receiver.feed(DATA[60:100])
    assert content(upload) == DATA[:100]


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
    assert content(upload) == DATA[: 2 * S]


def test_a_chunk_with_the_wrong_checksum_leaves_no_trace(begin):
    upload = begin(DATA[: 2 * S])
    upload.send(10)
    wrong = Checksum("sha256", hashlib.sha256(DATA[10 : 2 * S]).digest())

    with pytest.raises(ChecksumMismatch) as caught:
        upload.receive(bytes(2 * S - 10), checksum=wrong)

    assert (caught.value.status, upload.offset) == (460, 10)
    upload.send()
    assert content(upload) == DATA[: 2 * S]


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


def test_an_empty_chunk_changes_nothing(begin):
    upload = begin(DATA[: 2 * S])
    upload.send(S + 5)
    tail = upload.path(f"tail.{S + 5}").read_bytes()

    with upload.receiver():
        pass

    assert upload.saved == [S + 5]
    assert upload.path(f"tail.{S + 5}").read_bytes() == tail


def test_a_finished_upload_answers_an_empty_chunk_and_takes_no_more(begin):
    upload = begin(DATA[:100])
    upload.send()

    with upload.receiver() as receiver:
        pass
    assert receiver.is_finished
    with pytest.raises(PastLength):
        upload.receive(b"x")
    assert content(upload) == DATA[:100]


def test_finishing_again_changes_nothing(begin):
    upload = begin(DATA[: S + 3])
    upload.send()
    before = upload.path("mnb").read_bytes()

    finish(upload.store, upload.codec, len(upload.data))

    assert upload.path("mnb").read_bytes() == before


@pytest.mark.parametrize("sent", [0, 5, S, S + 5])
def test_an_upload_that_has_not_all_come_is_not_finished(begin, sent):
    upload = begin(DATA[: 2 * S])
    upload.send(sent)

    with pytest.raises(SegmentDamaged):
        finish(upload.store, upload.codec, len(upload.data))

    upload.send()
    assert content(upload) == DATA[: 2 * S]


def test_a_database_set_back_by_a_restore_learns_that_the_upload_is_whole(begin):
    upload = begin(DATA[: S + 3])
    upload.send()
    upload.offset = 5

    with pytest.raises(WrongOffset) as caught, upload.receiver(at=5):
        pytest.fail("the block must not run")

    assert caught.value.offset == upload.offset == S + 3
    assert content(upload) == DATA[: S + 3]


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


@pytest.mark.control("rest-documents")
def test_no_plain_byte_ever_reaches_the_disk(begin, shelf):
    canary = b"Okoye Holdings, strictly between us. "
    upload = begin(canary * (3 * S // len(canary)))

    for stop in (100, S + 500, 2 * S, len(upload.data)):
        upload.send(stop)
        stored = [path.read_bytes() for path in shelf.rglob("*") if path.is_file()]
        assert stored
        assert not any(canary[:8] in each for each in stored)


@pytest.mark.control("rest-documents")
def test_the_file_says_how_it_is_sealed(begin):
    upload = begin(DATA[:100])
    upload.send()

    footer = upload.path("mnb").read_bytes()[-192:]

    assert (footer[:4], footer[4], 1 << footer[5]) == (b"MNB1", 1, S)  # suite 1: AES-256-GCM


def test_an_upload_of_any_length_takes_the_same_memory(begin):
    upload = begin(DATA)
    tracemalloc.start()

    upload.send(piece=65_536)
    with open_blob(upload.store, upload.codec, len(DATA)) as blob:
        for _ in blob.read():
            pass
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak_bytes < 5 * S
