"""An upload in pieces: what is kept, and what lies on the disk meanwhile."""

import hashlib
import os
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muniment.trust.vault.blobs.reading import open_blob, scan
from muniment.trust.vault.blobs.receiving import COMMIT_BYTES, finish
from muniment.trust.vault.blobs.segments import SEGMENT_BYTES
from muniment.trust.vault.errors import (
    WrongOffset,
)

S = SEGMENT_BYTES
DATA = os.urandom(13 * S)


@pytest.mark.parametrize("length", [0, 1, S - 1, S, S + 1, 3 * S, COMMIT_BYTES + S - 1])
def test_a_file_sent_at_once_is_kept_as_it_was(begin, length):
    upload = begin(DATA[:length])

    receiver = upload.send()

    assert receiver.is_finished
    assert upload.offset == receiver.offset == length
    assert upload.files() == ["mnb"]
    assert upload.content() == DATA[:length]
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

    assert upload.content() == DATA[:length]
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
    assert upload.content() == DATA[: 3 * S]


def test_after_any_other_error_nothing_past_the_last_commit_counts(begin):
    upload = begin(DATA[: 12 * S])
    upload.send(5)

    with pytest.raises(ZeroDivisionError):
        upload.receive(DATA[5 : 9 * S + 77], then=ZeroDivisionError())

    assert upload.offset == COMMIT_BYTES
    upload.send()
    assert upload.content() == DATA[: 12 * S]


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


def test_an_empty_chunk_changes_nothing(begin):
    upload = begin(DATA[: 2 * S])
    upload.send(S + 5)
    tail = upload.path(f"tail.{S + 5}").read_bytes()

    with upload.receiver():
        pass

    assert upload.saved == [S + 5]
    assert upload.path(f"tail.{S + 5}").read_bytes() == tail


def test_finishing_again_changes_nothing(begin):
    upload = begin(DATA[: S + 3])
    upload.send()
    before = upload.path("mnb").read_bytes()

    finish(upload.store, upload.codec, len(upload.data))

    assert upload.path("mnb").read_bytes() == before


def test_a_database_set_back_by_a_restore_learns_that_the_upload_is_whole(begin):
    upload = begin(DATA[: S + 3])
    upload.send()
    upload.offset = 5

    with pytest.raises(WrongOffset) as caught, upload.receiver(at=5):
        pytest.fail("the block must not run")

    assert caught.value.offset == upload.offset == S + 3
    assert upload.content() == DATA[: S + 3]


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
