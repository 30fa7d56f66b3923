"""Documents move to another store while people read them, and a kill in the middle costs nothing."""

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
from muniment.trust.vault.blobs import moving, reading
from muniment.trust.vault.blobs.segments import SEGMENT_BYTES
from muniment.trust.vault.errors import RegionRefused, StoreDown
from muniment.trust.vault.models import Blob
from muniment.trust.vault.store.s3_place import PART_PLAIN
from tests.trust.vault.vessels import put, stored_in

DATA = os.urandom(PART_PLAIN + 2 * SEGMENT_BYTES + 777)


@pytest.fixture
def okoye(both_stores: None):
    """Give a client with a key of their own."""
    client_id = clients.open_client()
    with bound(Binding(client_id)):
        vault.make_client_key(client_id)
    return client_id


def content(client_id, blob_id):
    with vault.open_blob(client_id, blob_id, for_vetting=True) as blob:
        return b"".join(blob.read())


@pytest.mark.parametrize(("source", "target"), [("disk", "s3"), ("s3", "disk")])
def test_documents_move_and_the_old_bytes_are_gone(okoye, source, target):
    small, large = put(okoye, DATA[:5], source), put(okoye, DATA, source)

    moved = vault.move_blobs(okoye, target=target)
    again = vault.move_blobs(okoye, target=target)

    assert (moved.moved, again.moved) == (2, 0)
    assert stored_in(okoye) == {small: target, large: target}
    assert content(okoye, large) == DATA
    assert list(queries.store(source).found(okoye)) == []


@pytest.mark.parametrize(("source", "target"), [("disk", "s3"), ("s3", "disk")])
def test_somebody_who_reads_meanwhile_reads_to_the_end(okoye, source, target):
    blob_id = put(okoye, DATA, source)
    with vault.open_blob(okoye, blob_id, for_vetting=True) as blob:
        pieces = blob.read()
        got = [next(pieces)]

        vault.move_blobs(okoye, target=target)
        got += pieces

    assert b"".join(got) == DATA


def test_an_upload_under_way_stays_and_moves_once_it_is_finished(okoye):
    with bound(Binding(okoye)):
        blob = vault.begin_blob(okoye, 10)

    moved = vault.move_blobs(okoye, target="s3")
    assert (moved.moved, moved.under_way) == (0, 1)
    with vault.receive(okoye, blob.id, offset=0, size_bytes=10) as receiver:
        receiver.feed(DATA[:10])
    vault.finish_blob(okoye, blob.id)

    assert vault.move_blobs(okoye, target="s3").moved == 1
    assert content(okoye, blob.id) == DATA[:10]


@pytest.mark.parametrize("step", ["copy", "scan", "_switch", "_remove_old"])
def test_a_kill_after_any_step_loses_nothing_and_the_next_run_goes_on(okoye, step, monkeypatch):
    blob_id = put(okoye, DATA, "disk")
    owner = {"copy": queries.store("s3"), "scan": reading}.get(step, moving)
    done = getattr(owner, step)

    def dies(*arguments):
        done(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(owner, step, dies)
        vault.move_blobs(okoye, target="s3")
    assert content(okoye, blob_id) == DATA
    vault.move_blobs(okoye, target="s3")
    vault.collect_store(okoye, queries.store("disk"), guard=timedelta(0))

    assert content(okoye, blob_id) == DATA
    assert stored_in(okoye) == {blob_id: "s3"}
    assert list(queries.store("disk").found(okoye)) == []
    assert [one.kind for one in queries.store("s3").found(okoye)] == ["complete"]


def test_a_document_that_does_not_open_stays_where_it_lies(okoye):
    damaged, whole = put(okoye, DATA[:99], "disk"), put(okoye, DATA[:9], "disk")
    disk: Any = queries.store("disk")
    (path,) = disk._root.rglob(f"{damaged.hex}.mnb")
    path.write_bytes(b"\0" + path.read_bytes()[1:])

    moved = vault.move_blobs(okoye, target="s3")

    assert moved.damaged == (damaged,)
    assert stored_in(okoye) == {damaged: "disk", whole: "s3"}
    assert path.exists()


def test_a_document_destroyed_while_it_moves_is_not_brought_back(okoye, monkeypatch):
    blob_id = put(okoye, DATA[:99], "disk")
    switch = moving._switch

    def late(*arguments):
        vault.forget_blob(okoye, blob_id)
        vault.remove_blob(okoye, blob_id)
        return switch(*arguments)

    monkeypatch.setattr(moving, "_switch", late)
    assert vault.move_blobs(okoye, target="s3").moved == 0
    vault.collect_store(okoye, queries.store("s3"), guard=timedelta(0))

    assert list(queries.store("s3").found(okoye)) == []
    assert list(queries.store("disk").found(okoye)) == []


def test_two_who_move_the_same_document_keep_it(okoye, monkeypatch):
    blob_id = put(okoye, DATA[:99], "disk")
    switch = moving._switch

    def second_first(*arguments):
        monkeypatch.setattr(moving, "_switch", switch)
        assert vault.move_blobs(okoye, target="s3").moved == 1
        return switch(*arguments)

    monkeypatch.setattr(moving, "_switch", second_first)
    assert vault.move_blobs(okoye, target="s3").moved == 0

    assert content(okoye, blob_id) == DATA[:99]


def test_a_copy_that_is_gone_when_the_row_should_name_it_is_not_named(okoye, monkeypatch):
    """What collects leftovers may have been faster: the row is asked under the lock that it takes too."""
    blob_id = put(okoye, DATA[:99], "disk")
    scan = reading.scan

    def then_gone(target, codec, *more):
        scan(target, codec, *more)
        target.delete(codec.client_id, codec.blob_id)

    monkeypatch.setattr(reading, "scan", then_gone)
    assert vault.move_blobs(okoye, target="s3").damaged == (blob_id,)

    assert stored_in(okoye) == {blob_id: "disk"}
    assert content(okoye, blob_id) == DATA[:99]


@pytest.mark.control("buyer-data-location")
def test_nothing_moves_to_a_store_of_another_region(okoye):
    blob_id = put(okoye, DATA[:99], "disk")
    with bound(Binding(okoye)):
        vault.set_region(okoye, "home")

    with pytest.raises(RegionRefused):
        vault.move_blobs(okoye, target="s3")

    assert stored_in(okoye) == {blob_id: "disk"}
    assert list(queries.store("s3").found(okoye)) == []


def test_a_store_that_goes_down_stops_the_move_and_loses_nothing(okoye, monkeypatch):
    blob_id = put(okoye, DATA, "disk")

    def down(*_):
        raise StoreDown

    with monkeypatch.context() as patch, pytest.raises(StoreDown):
        patch.setattr(queries.store("s3"), "copy", down)
        vault.move_blobs(okoye, target="s3")

    assert content(okoye, blob_id) == DATA
    assert vault.move_blobs(okoye, target="s3").moved == 1


def test_only_the_clients_own_documents_move(okoye):
    brandt = clients.open_client()
    with bound(Binding(brandt)):
        vault.make_client_key(brandt)
    theirs = put(brandt, DATA[:9], "disk")

    vault.move_blobs(okoye, target="s3")

    assert stored_in(brandt) == {theirs: "disk"}
    with bound(Binding(okoye)):
        assert not Blob.objects.filter(id__in=[theirs, ids.new()]).exists()
