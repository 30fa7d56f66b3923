"""What no row needs is removed from the stores, and what somebody is writing never is."""

import os
from datetime import timedelta
from typing import Any

import pytest

from muniment.core import ids
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.clients import actions as clients
from muniment.trust.vault import actions as vault
from muniment.trust.vault import queries
from muniment.trust.vault.blobs import collecting
from muniment.trust.vault.blobs.segments import SEGMENT_BYTES
from muniment.trust.vault.models import Blob
from muniment.trust.vault.store.s3_place import PART_PLAIN
from tests.trust.vault.vessels import put

S = SEGMENT_BYTES
DATA = os.urandom(PART_PLAIN + 2 * S + 777)
NOW = timedelta(0)

pytestmark = pytest.mark.parametrize("name", ["disk", "s3"])


@pytest.fixture
def okoye(both_stores: None):
    """Give a client with a key of their own."""
    client_id = clients.open_client()
    with bound(Binding(client_id)):
        vault.make_client_key(client_id)
    return client_id


@pytest.fixture
def begin(okoye, name, monkeypatch):
    """Begin an upload to the store in turn."""

    def begun(size_bytes):
        with monkeypatch.context() as patch, bound(Binding(okoye)):
            found = queries.store
            patch.setattr(queries, "store", lambda named=None: found(named or name))
            return vault.begin_blob(okoye, size_bytes).id

    return begun


def kinds(client_id, name):
    return sorted(one.kind for one in queries.store(name).found(client_id))


def send(client_id, blob_id, start, end):
    with vault.receive(client_id, blob_id, offset=start, size_bytes=end - start) as receiver:
        receiver.feed(DATA[start:end])


def read(client_id, blob_id):
    with vault.open_blob(client_id, blob_id, for_vetting=True) as blob:
        return b"".join(blob.read())


def test_a_running_upload_is_left_alone_at_every_moment(okoye, begin, name):
    """With no guard at all: its lock and its row alone keep what it needs."""
    store, blob_id = queries.store(name), begin(len(DATA))
    collected = []

    with vault.receive(okoye, blob_id, offset=0, size_bytes=len(DATA)) as receiver:
        for start in range(0, len(DATA), S):
            receiver.feed(DATA[start : start + S])
            collected.append(vault.collect_store(okoye, store, guard=NOW))
        assert any(one.busy for one in collected)
    vault.finish_blob(okoye, blob_id)
    collected.append(vault.collect_store(okoye, store, guard=NOW))

    assert not any(one.removed for one in collected)
    assert read(okoye, blob_id) == DATA


def test_an_upload_that_pauses_is_left_alone(okoye, begin, name):
    store, blob_id = queries.store(name), begin(len(DATA))

    for start, end in ((0, 5), (5, PART_PLAIN + 7), (PART_PLAIN + 7, PART_PLAIN + S), (PART_PLAIN + S, len(DATA))):
        send(okoye, blob_id, start, end)
        assert vault.collect_store(okoye, store, guard=NOW).removed == 0
    vault.finish_blob(okoye, blob_id)

    assert read(okoye, blob_id) == DATA


def test_an_upload_that_goes_on_between_the_look_and_the_act_is_left_alone(okoye, begin, name, monkeypatch):
    """The end that was listed as passed is the one that the row needs by the time it would be removed."""
    store, blob_id = queries.store(name), begin(100)
    with store.open_part(okoye, blob_id) as part:
        part.keep(7, b"left by a writer who died")
    look = collecting._is_arriving

    def then_goes_on(*arguments):
        monkeypatch.setattr(collecting, "_is_arriving", look)
        send(okoye, blob_id, 0, 7)
        return look(*arguments)

    monkeypatch.setattr(collecting, "_is_arriving", then_goes_on)
    assert vault.collect_store(okoye, store, guard=NOW).removed == 0
    send(okoye, blob_id, 7, 100)
    vault.finish_blob(okoye, blob_id)

    assert read(okoye, blob_id) == DATA[:100]


def test_a_new_upload_whose_row_is_not_committed_is_left_alone(okoye, name, monkeypatch):
    """The guard: what is young is never judged by its missing row."""
    store, blob_id = queries.store(name), ids.new()
    _lay_orphan(store, okoye, blob_id)

    collected = vault.collect_store(okoye, store)

    assert (collected.removed, collected.kept) == (0, 1)
    assert kinds(okoye, name) == ["complete"]


def test_what_has_no_row_is_removed(okoye, name):
    kept = put(okoye, DATA[:50], name)
    _lay_orphan(queries.store(name), okoye, ids.new())

    collected = vault.collect_store(okoye, queries.store(name), guard=NOW)

    assert (collected.objects, collected.removed) == (1, 1)
    assert read(okoye, kept) == DATA[:50]


def test_a_shredded_document_and_a_cancelled_upload_are_removed(okoye, begin, name):
    complete, unfinished = put(okoye, DATA[:50], name), begin(len(DATA))
    send(okoye, unfinished, 0, PART_PLAIN + 7)
    for blob_id in (complete, unfinished):
        vault.forget_blob(okoye, blob_id)

    collected = vault.collect_store(okoye, queries.store(name), guard=NOW)

    assert (collected.objects, collected.unfinished, collected.ends) == (1, 1, 1)
    assert kinds(okoye, name) == []


def test_the_ends_that_have_passed_are_removed(okoye, begin, name):
    store, blob_id = queries.store(name), begin(100)
    send(okoye, blob_id, 0, 7)
    with store.open_part(okoye, blob_id) as part:
        part.keep(5, b"left by a writer who died")

    collected = vault.collect_store(okoye, store, guard=NOW)

    assert collected.ends == 1
    send(okoye, blob_id, 7, 100)
    vault.finish_blob(okoye, blob_id)
    assert read(okoye, blob_id) == DATA[:100]


def test_the_bytes_of_another_store_are_removed_once_the_row_names_this_one_no_more(okoye, name):
    other = {"disk": "s3", "s3": "disk"}[name]
    blob_id = put(okoye, DATA[:50], other)
    stored = queries.store(other).open(okoye, blob_id)
    queries.store(name).copy(okoye, blob_id, stored)

    vault.collect_store(okoye, queries.store(name), guard=NOW)
    vault.collect_store(okoye, queries.store(other), guard=NOW)

    assert (kinds(okoye, name), kinds(okoye, other)) == ([], ["complete"])
    assert read(okoye, blob_id) == DATA[:50]


def test_abandoned_copies_and_multipart_uploads_are_removed(okoye, name):
    store: Any = queries.store(name)
    blob_id = put(okoye, DATA[:50], name)
    if name == "s3":
        store._place(okoye, blob_id).begin()
    else:
        (path,) = store._root.rglob(f"{blob_id.hex}.mnb")
        path.with_suffix(".copy").write_bytes(b"half")

    collected = vault.collect_store(okoye, store, guard=NOW)

    assert (collected.unfinished, collected.kept) == (1, 1)
    assert kinds(okoye, name) == ["complete"]


def test_what_has_no_name_of_ours_is_left_alone(okoye, name, weed):
    if name == "s3":
        weed.put(f"{okoye.hex}/notes.txt", b"somebody's")
    else:
        disk: Any = queries.store("disk")
        folder = disk._root / okoye.hex / "00"
        folder.mkdir(parents=True)
        (folder / "notes.txt").write_text("somebody's")

    assert vault.collect_store(okoye, queries.store(name), guard=NOW).removed == 0


def test_nothing_of_another_client_is_looked_at(okoye, name):
    brandt = clients.open_client()
    _lay_orphan(queries.store(name), brandt, ids.new())

    assert vault.collect_store(okoye, queries.store(name), guard=NOW).removed == 0
    assert kinds(brandt, name) == ["complete"]
    with bound(Binding(okoye)):
        assert not Blob.objects.exists()


def _lay_orphan(store, client_id, blob_id):
    class Bytes:
        def size(self):
            return 10

        def read(self, offset, size):
            return b"0123456789"[offset : offset + size]

    store.copy(client_id, blob_id, Bytes())
