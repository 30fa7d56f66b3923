"""An upload to an S3 server goes on after a death at any step, of the worker or of the server."""

import os
import threading
import time
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from botocore.client import BaseClient
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.clients import actions as clients
from muniment.trust.vault import actions as vault
from muniment.trust.vault import queries
from muniment.trust.vault.blobs.segments import SEGMENT_BYTES
from muniment.trust.vault.errors import Locked, StoreDown, WrongOffset
from muniment.trust.vault.models import Blob, Multipart, MultipartPart
from muniment.trust.vault.store import s3_client
from muniment.trust.vault.store.s3_place import PART_PLAIN

S = SEGMENT_BYTES
DATA = os.urandom(2 * PART_PLAIN + 3 * S + 12_345)
DIED = 77
CHANGES = {
    "CreateMultipartUpload",
    "UploadPart",
    "PutObject",
    "CompleteMultipartUpload",
    "DeleteObject",
    "AbortMultipartUpload",
}


class Shape(NamedTuple):
    """How much was kept before, how far the chunk goes, and how long the file is."""

    kept: int
    until: int
    length: int


SHAPES = {
    "an end inside a part, then all": Shape(S + 500_000, len(DATA), len(DATA)),
    "a whole part, then the end of another": Shape(PART_PLAIN, 2 * PART_PLAIN - 7, len(DATA)),
    "an end, then another past a part": Shape(PART_PLAIN - S - 5, PART_PLAIN + 2 * S, PART_PLAIN + 3 * S),
    "exactly two parts": Shape(5, 2 * PART_PLAIN, 2 * PART_PLAIN),
    "less than a part": Shape(5, 100, 100),
}


@pytest.fixture
def okoye(both_stores: None, monkeypatch):
    """Give a client whose documents go to the S3 server, with a lease that a test can wait for."""
    monkeypatch.setattr(queries.store("s3"), "_lease_seconds", 0.5)
    monkeypatch.setattr(queries, "store", lambda name=None, found=queries.store: found(name or "s3"))
    client_id = clients.open_client()
    with bound(Binding(client_id)):
        vault.make_client_key(client_id)
    return client_id


def begin(client_id, length):
    with bound(Binding(client_id)):
        return vault.begin_blob(client_id, length).id


def row(client_id, blob_id):
    with bound(Binding(client_id)):
        return Blob.objects.get(client_id=client_id, id=blob_id)


def send(client_id, blob_id, until, piece=300_000):
    """Send up to `until` as a browser does: ask where to go on, and again when somebody else has the upload."""
    deadline = time.monotonic() + 20
    while True:
        blob = row(client_id, blob_id)
        start = blob.received_bytes
        if start >= until and (start < blob.size_bytes or blob.sealed_at):
            return
        try:
            with vault.receive(client_id, blob_id, offset=start, size_bytes=until - start) as receiver:
                for at in range(start, until, piece):
                    receiver.feed(DATA[at : min(at + piece, until)])
            if receiver.is_finished:
                vault.finish_blob(client_id, blob_id)
        except (Locked, WrongOffset, StoreDown):
            assert time.monotonic() < deadline
            time.sleep(0.1)


def in_a_worker_that_dies_after(step, client_id, blob_id, until):
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined] # PostgreSQL's; its threads would not come along
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _count_down(step)
            send(client_id, blob_id, until)
            code = 0
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in {0, DIED}
    return code == DIED


def _count_down(step):
    left = [step]

    def counted(call, is_change):
        def run(self, *arguments, **named):
            result = call(self, *arguments, **named)
            left[0] -= is_change(arguments)
            if left[0] == 0:
                os._exit(DIED)
            return result

        return run

    store: Any = queries.store("s3")
    store._client = s3_client.connect(store._address)  # no socket is shared with the parent
    BaseClient._make_api_call = counted(BaseClient._make_api_call, lambda given: given[0] in CHANGES)
    BaseDatabaseWrapper._commit = counted(BaseDatabaseWrapper._commit, lambda _: True)  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.control("share-files")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # Python 3.12 warns of every fork beside threads
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_an_upload_goes_on_after_the_death_of_its_worker_at_any_step(okoye, shape):
    step, has_died = 0, True
    while has_died:
        step += 1
        blob_id = begin(okoye, shape.length)
        send(okoye, blob_id, shape.kept)

        has_died = in_a_worker_that_dies_after(step, okoye, blob_id, shape.until)

        send(okoye, blob_id, shape.length)
        with vault.open_blob(okoye, blob_id, for_vetting=True) as blob:
            assert b"".join(blob.read()) == DATA[: shape.length], f"after a death at step {step}"
        vault.collect_store(okoye, queries.store("s3"), guard=timedelta(0))
        assert [one.kind for one in queries.store("s3").found(okoye)] == ["complete"], f"after a death at step {step}"
        with bound(Binding(okoye)):
            assert not Multipart.objects.exists()
            assert not MultipartPart.objects.exists()
            Blob.objects.filter(id=blob_id).update(wrapped_key=b"", deleted_at="2026-01-01T00:00:00Z")
        vault.remove_blob(okoye, blob_id)
    assert step > 5


@pytest.mark.slow
@pytest.mark.control("share-files")
def test_an_upload_goes_on_after_the_server_was_killed_in_the_middle(okoye, own_weed):
    blob_id = begin(okoye, len(DATA))
    send(okoye, blob_id, PART_PLAIN + 7)
    own_weed.kill()
    own = threading.Timer(1.5, own_weed.start)

    with pytest.raises(StoreDown), vault.receive(okoye, blob_id, offset=PART_PLAIN + 7, size_bytes=S) as receiver:
        receiver.feed(DATA[PART_PLAIN + 7 : PART_PLAIN + 7 + S])
    assert row(okoye, blob_id).received_bytes == PART_PLAIN + 7
    own.start()
    own.join()
    send(okoye, blob_id, len(DATA))

    with vault.open_blob(okoye, blob_id, for_vetting=True) as blob:
        assert b"".join(blob.read()) == DATA


def test_a_writer_that_was_only_slow_counts_for_nothing_once_another_has_the_upload(okoye):
    blob_id = begin(okoye, len(DATA))
    slow = vault.receive(okoye, blob_id, offset=0, size_bytes=len(DATA))
    with pytest.raises(Locked), slow:
        slow.feed(DATA[:S])
        with pytest.raises(Locked), vault.receive(okoye, blob_id, offset=0, size_bytes=5):
            pytest.fail("the first one holds it")
        time.sleep(0.7)
        send(okoye, blob_id, PART_PLAIN + 5)
        slow.feed(DATA[S : 2 * PART_PLAIN])

    assert row(okoye, blob_id).received_bytes == PART_PLAIN + 5
    send(okoye, blob_id, len(DATA))
    with vault.open_blob(okoye, blob_id, for_vetting=True) as blob:
        assert b"".join(blob.read()) == DATA


def test_a_slow_writer_that_nobody_relieved_goes_on(okoye):
    blob_id = begin(okoye, 3 * S)

    with vault.receive(okoye, blob_id, offset=0, size_bytes=3 * S) as receiver:
        receiver.feed(DATA[:S])
        time.sleep(0.7)
        receiver.feed(DATA[S : 3 * S])

    assert receiver.is_finished


def test_no_connection_of_the_database_is_held_while_a_sender_is_slow(okoye):
    blob_id = begin(okoye, 3 * S)

    with vault.receive(okoye, blob_id, offset=0, size_bytes=3 * S) as receiver:
        receiver.feed(DATA[:S])
        assert connection.connection is None
        receiver.feed(DATA[S : 3 * S])


@pytest.mark.parametrize("lost", ["upload", "end", "part"])
def test_an_upload_whose_server_lost_something_goes_back_and_is_whole_in_the_end(okoye, lost):
    blob_id = begin(okoye, len(DATA))
    send(okoye, blob_id, PART_PLAIN + S + 7)
    store: Any = queries.store("s3")
    place = store._place(okoye, blob_id)
    with bound(Binding(okoye)):
        upload_ref = Multipart.objects.get(blob_id=blob_id).upload_ref
    if lost == "upload":
        place.abort(upload_ref)
    elif lost == "end":
        place.remove_ends()
    else:
        with bound(Binding(okoye)):
            MultipartPart.objects.filter(number=1).delete()

    offsets = []
    while row(okoye, blob_id).received_bytes < len(DATA):
        start = row(okoye, blob_id).received_bytes
        try:
            with vault.receive(okoye, blob_id, offset=start, size_bytes=len(DATA) - start) as receiver:
                receiver.feed(DATA[start:])
        except WrongOffset as told:
            offsets.append(told.offset)
    vault.finish_blob(okoye, blob_id)

    assert offsets == [{"upload": 0, "end": PART_PLAIN, "part": 0}[lost]]
    with vault.open_blob(okoye, blob_id, for_vetting=True) as blob:
        assert b"".join(blob.read()) == DATA
