"""What every store keeps to, and what the disk alone has to."""

import fcntl
import os
import resource
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from muniment.core import ids
from muniment.core.errors import PortalError
from muniment.trust.vault.errors import BlobMissing, Locked, StoreFull
from muniment.trust.vault.segments import SEGMENT_BYTES
from muniment.trust.vault.store.disk import DiskStore

OKOYE, BLOB = ids.new(), ids.new()


@pytest.fixture(params=[DiskStore], ids=["disk"])
def store(request: pytest.FixtureRequest, shelf: Path) -> DiskStore:
    made: DiskStore = request.param(shelf / "store")
    made.create(OKOYE, BLOB)
    return made


def finish(store: DiskStore, body: bytes = b"body") -> None:
    with store.open_part(OKOYE, BLOB) as part:
        part.write(body, 0)
        part.finish(len(body), b"footer")


def test_what_is_written_is_read_back(store):
    with store.open_part(OKOYE, BLOB) as part:
        part.write(b"segment", 10)
        part.sync()

        assert part.read(10, 7) == b"segment"
        assert part.read(15, 100) == b"nt"
        assert not part.is_finished


def test_a_finished_blob_is_cut_and_closed_with_its_footer(store):
    with store.open_part(OKOYE, BLOB) as part:
        part.write(b"body and more", 0)
        part.finish(4, b"footer")
        assert part.is_finished

    stored = store.open(OKOYE, BLOB)
    assert stored.read(0, 100) == b"bodyfooter"
    assert stored.size() == store.size(OKOYE, BLOB) == 10
    stored.close()
    stored.close()


def test_a_finished_blob_is_known_as_finished(store):
    finish(store)

    with store.open_part(OKOYE, BLOB) as part:
        assert part.is_finished


def test_an_unfinished_blob_is_not_handed_out(store):
    with pytest.raises(BlobMissing):
        store.open(OKOYE, BLOB)
    with pytest.raises(BlobMissing):
        store.size(OKOYE, BLOB)


def test_a_blob_of_another_client_is_not_there(store):
    finish(store)
    mallory = ids.new()

    for attempt in (store.open, store.size, store.open_part):
        with pytest.raises(BlobMissing):
            attempt(mallory, BLOB)


@pytest.mark.parametrize("is_finished", [False, True])
def test_a_blob_is_created_once(store, is_finished):
    if is_finished:
        finish(store)

    with pytest.raises(FileExistsError):
        store.create(OKOYE, BLOB)


def test_a_second_writer_is_refused_until_the_first_lets_go(store):
    with store.open_part(OKOYE, BLOB), pytest.raises(Locked):
        store.open_part(OKOYE, BLOB)

    with store.open_part(OKOYE, BLOB) as part:
        assert not part.is_finished


def test_the_lock_stays_when_the_blob_is_finished(store):
    with store.open_part(OKOYE, BLOB) as part:
        part.finish(0, b"footer")
        with pytest.raises(Locked):
            store.open_part(OKOYE, BLOB)


def test_a_blob_finished_between_the_opening_and_the_lock_is_known_as_finished(store, monkeypatch):
    flock = fcntl.flock

    def late(descriptor: int, operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", flock)
        finish(store)
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", late)

    with store.open_part(OKOYE, BLOB) as part:
        assert part.is_finished


def test_a_blob_deleted_between_the_opening_and_the_lock_is_not_there(store, monkeypatch):
    flock = fcntl.flock

    def late(descriptor: int, operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", flock)
        store.delete(OKOYE, BLOB)
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", late)

    with pytest.raises(BlobMissing):
        store.open_part(OKOYE, BLOB)


def test_a_tail_is_kept_beside_the_others(store):
    with store.open_part(OKOYE, BLOB) as part:
        part.write_tail(b"five", 5)
        part.write_tail(b"a longer nine", 9)
        part.write_tail(b"nine", 9)

        assert (part.read_tail(5), part.read_tail(9)) == (b"five", b"nine")
        part.drop_tail(5)
        part.drop_tail(5)
        with pytest.raises(BlobMissing):
            part.read_tail(5)
        part.drop_tails()
        with pytest.raises(BlobMissing):
            part.read_tail(9)


@pytest.mark.parametrize("is_finished", [False, True])
def test_a_deleted_blob_leaves_nothing(store, shelf, is_finished):
    with store.open_part(OKOYE, BLOB) as part:
        part.write_tail(b"five", 5)
    if is_finished:
        finish(store)

    store.delete(OKOYE, BLOB)
    store.delete(OKOYE, BLOB)

    assert [path for path in shelf.rglob("*") if path.is_file()] == []
    with pytest.raises(BlobMissing):
        store.open_part(OKOYE, BLOB)


def test_deleting_a_blob_of_a_client_never_seen_touches_nothing(store, shelf):
    finish(store)
    before = sorted(shelf.rglob("*"))

    store.delete(ids.new(), BLOB)

    assert sorted(shelf.rglob("*")) == before


def test_a_blob_that_is_being_written_is_not_deleted(store):
    with store.open_part(OKOYE, BLOB) as part:
        with pytest.raises(Locked):
            store.delete(OKOYE, BLOB)
        part.finish(0, b"footer")

    assert store.size(OKOYE, BLOB) == 6


def test_an_open_blob_is_readable_to_its_end_after_it_was_deleted(store):
    finish(store)
    stored = store.open(OKOYE, BLOB)

    store.delete(OKOYE, BLOB)

    assert stored.read(0, 4) == b"body"
    stored.close()


def test_the_store_knows_its_room(store):
    assert store.free_bytes() > 0


def test_each_client_has_a_folder_of_its_own_open_to_nobody_else(store, shelf):
    with store.open_part(OKOYE, BLOB) as part:
        part.write_tail(b"five", 5)

    folder = shelf / "store" / OKOYE.hex / BLOB.hex[-2:]
    assert sorted(path.name for path in folder.iterdir()) == [f"{BLOB.hex}.part", f"{BLOB.hex}.tail.5"]
    for path in (shelf / "store").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_a_link_in_the_place_of_a_blob_is_not_followed(store, shelf):
    secret = shelf / "secret"
    secret.write_bytes(b"not yours")
    folder = shelf / "store" / OKOYE.hex / BLOB.hex[-2:]
    (folder / f"{BLOB.hex}.mnb").symlink_to(secret)
    (folder / f"{BLOB.hex}.tail.5").symlink_to(secret)

    with pytest.raises(OSError, match="symbolic links"):
        store.open(OKOYE, BLOB)
    with store.open_part(OKOYE, BLOB) as part, pytest.raises(OSError, match="symbolic links"):
        part.write_tail(b"five", 5)
    assert secret.read_bytes() == b"not yours"


@contextmanager
def small_disk(folder: Path) -> Iterator[Callable[[], object]]:
    """Mount a disk of 3 MiB at `folder`; the value makes room."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this user may not mount a small disk")
    try:
        yield lambda: subprocess.run(["mount", "-o", "remount,size=9m", str(folder)], check=True)
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def small_files(_: Path) -> Iterator[Callable[[], object]]:
    """Let this process write no file beyond 3 MiB, which fails like a full disk and needs no rights."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3 * SEGMENT_BYTES, before[1]))
    try:
        yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, before)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("shortage", [small_disk, small_files])
def test_a_full_store_refuses_and_goes_on_once_there_is_room(shelf, begin, shortage):
    with shortage(shelf / "store") as make_room:
        upload = begin(os.urandom(5 * SEGMENT_BYTES))
        upload.send(SEGMENT_BYTES + 7)

        with pytest.raises(StoreFull) as caught:
            upload.send()

        assert upload.offset == SEGMENT_BYTES + 7  # what was kept before still counts
        assert isinstance(caught.value, PortalError)
        assert caught.value.status == 507
        make_room()
        upload.send()
        assert upload.content() == upload.data
