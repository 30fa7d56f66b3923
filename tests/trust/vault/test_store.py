"""What every store keeps to, and what the disk alone has to."""

import fcntl
import hashlib
import os
import resource
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from muniment.core import clock, ids
from muniment.core.errors import PortalError
from muniment.trust.vault.blobs.segments import FOOTER_BYTES, RECORD_BYTES, SEAL_BYTES, SEGMENT_BYTES, Codec
from muniment.trust.vault.errors import BlobMissing, KeptLess, Locked, SegmentDamaged, StoreFull
from muniment.trust.vault.store.disk import DiskStore
from tests.trust.vault.vessels import known_codec, new_codec

FOOTER = b"F" * FOOTER_BYTES


class Shelf:
    """A store with one blob begun, and how to write one."""

    def __init__(self, store: Any, codec: Codec) -> None:
        self.store = store
        self.codec = codec
        self.ids = (codec.client_id, codec.blob_id)
        store.create(*self.ids)

    def part(self) -> Any:
        return self.store.open_part(*self.ids)

    def record(self, size: int = SEGMENT_BYTES) -> bytes:
        return os.urandom(size + SEAL_BYTES)

    def finish(self, size: int = 4) -> bytes:
        """Complete the blob with a body of `size` plain bytes in one segment, and return what lies there then."""
        record = self.record(size)
        with self.part() as part:
            part.write(record, 0)
            part.finish(size, FOOTER)
        return record + FOOTER


@pytest.fixture(params=["disk", "s3"])
def shelf_of(request: pytest.FixtureRequest) -> Shelf:
    """Give each store in turn; all of them keep to what follows."""
    store = request.getfixturevalue({"disk": "store", "s3": "s3"}[request.param])
    return Shelf(store, known_codec() if request.param == "s3" else new_codec())


@pytest.fixture
def on_disk(store: DiskStore) -> Shelf:
    return Shelf(store, new_codec())


def test_a_finished_blob_is_what_was_written_with_its_footer(shelf_of):
    content = shelf_of.finish()

    stored = shelf_of.store.open(*shelf_of.ids)
    assert stored.size() == shelf_of.store.size(*shelf_of.ids) == len(content)
    assert stored.read(0, 10**6) == content
    assert stored.read(3, 5) == content[3:8]
    assert stored.read(len(content) - 2, 100) == content[-2:]
    assert stored.read(len(content), 5) == b""
    stored.close()
    stored.close()


def test_every_range_of_a_blob_in_parts_is_read(shelf_of):
    records = [shelf_of.record() for _ in range(9)]
    with shelf_of.part() as part:
        for index, record in enumerate(records):
            part.write(record, index)
        part.finish(9 * SEGMENT_BYTES, FOOTER)
    content = b"".join(records) + FOOTER

    stored = shelf_of.store.open(*shelf_of.ids)

    for start, size in ((0, 10), (RECORD_BYTES - 3, 6), (8 * RECORD_BYTES - 1, 2), (5, 3 * RECORD_BYTES), (10**7, 99)):
        assert stored.read(start, size) == content[start : start + size]
    assert b"".join(stored.read(at, RECORD_BYTES) for at in range(0, len(content), RECORD_BYTES)) == content


def test_what_was_kept_is_taken_up_by_another_writer(shelf_of):
    first, second, tail = shelf_of.record(), shelf_of.record(), shelf_of.record(5)
    with shelf_of.part() as part:
        part.write(first, 0)
        part.write(second, 1)
        part.keep(2 * SEGMENT_BYTES + 5, tail)

    with shelf_of.part() as part:
        assert (first + second + tail).endswith(part.go_on(2 * SEGMENT_BYTES + 5))
        part.write(last := shelf_of.record(9), 2)
        assert part.last_record(2 * SEGMENT_BYTES + 9) == last
        tags = b"".join(record[-16:] for record in (first, second, last))
        assert part.tags_digest(2 * SEGMENT_BYTES + 9) == hashlib.sha256(tags).digest()
        part.finish(2 * SEGMENT_BYTES + 9, FOOTER)
        part.drop_ends()

    assert shelf_of.store.open(*shelf_of.ids).read(0, 10**7) == first + second + last + FOOTER


def test_what_is_kept_for_one_offset_leaves_the_others_alone(shelf_of):
    with shelf_of.part() as part:
        part.keep(5, five := shelf_of.record(5))
        part.keep(9, shelf_of.record(90))
        part.keep(9, nine := shelf_of.record(9))

        assert (part.go_on(5), part.go_on(9)) == (five, nine)
        part.drop_end(5)
        part.drop_end(5)
        with pytest.raises(KeptLess) as caught:
            part.go_on(5)
        assert caught.value.offset == 0
        part.drop_ends()
        with pytest.raises(KeptLess):
            part.go_on(9)


def test_a_segment_that_never_came_is_missed(shelf_of):
    with shelf_of.part() as part:
        part.write(shelf_of.record(), 0)

        assert len(part.last_record(3 * SEGMENT_BYTES)) < RECORD_BYTES
        with pytest.raises(SegmentDamaged):
            part.tags_digest(3 * SEGMENT_BYTES)


def test_a_finished_blob_is_known_as_finished(shelf_of):
    shelf_of.finish()

    with shelf_of.part() as part:
        assert part.is_finished


def test_an_unfinished_blob_is_not_handed_out(shelf_of):
    with pytest.raises(BlobMissing):
        shelf_of.store.open(*shelf_of.ids)
    with pytest.raises(BlobMissing):
        shelf_of.store.size(*shelf_of.ids)


def test_a_blob_of_another_client_is_not_there(shelf_of):
    shelf_of.finish()
    mallory = ids.new()

    for attempt in (shelf_of.store.open, shelf_of.store.size, shelf_of.store.open_part):
        with pytest.raises(BlobMissing):
            attempt(mallory, shelf_of.codec.blob_id)


@pytest.mark.parametrize("is_finished", [False, True])
def test_a_blob_is_created_once(shelf_of, is_finished):
    if is_finished:
        shelf_of.finish()

    with pytest.raises(FileExistsError):
        shelf_of.store.create(*shelf_of.ids)


def test_a_second_writer_is_refused_until_the_first_lets_go(shelf_of):
    with shelf_of.part(), pytest.raises(Locked):
        shelf_of.part()

    with shelf_of.part() as part:
        assert not part.is_finished


def test_the_lock_stays_when_the_blob_is_finished(shelf_of):
    with shelf_of.part() as part:
        part.write(shelf_of.record(4), 0)
        part.finish(4, FOOTER)
        with pytest.raises(Locked):
            shelf_of.part()


@pytest.mark.parametrize("is_finished", [False, True])
def test_a_deleted_blob_leaves_nothing(shelf_of, is_finished):
    with shelf_of.part() as part:
        part.keep(5, shelf_of.record(5))
    if is_finished:
        shelf_of.finish()

    shelf_of.store.delete(*shelf_of.ids)
    shelf_of.store.delete(*shelf_of.ids)

    assert list(shelf_of.store.found(shelf_of.codec.client_id)) == []
    with pytest.raises(BlobMissing):
        shelf_of.part()


def test_deleting_a_blob_of_a_client_never_seen_touches_nothing(shelf_of):
    content = shelf_of.finish()

    shelf_of.store.delete(ids.new(), shelf_of.codec.blob_id)

    assert shelf_of.store.size(*shelf_of.ids) == len(content)


def test_a_blob_that_is_being_written_is_not_deleted(shelf_of):
    with shelf_of.part() as part:
        with pytest.raises(Locked):
            shelf_of.store.delete(*shelf_of.ids)
        part.write(shelf_of.record(4), 0)
        part.finish(4, FOOTER)

    assert shelf_of.store.size(*shelf_of.ids) == 4 + SEAL_BYTES + FOOTER_BYTES


def test_everything_that_lies_there_is_found_and_can_be_discarded(shelf_of):
    client_id, blob_id = shelf_of.ids
    with shelf_of.part() as part:
        for index in range(9):
            part.write(shelf_of.record(), index)
        part.keep(9 * SEGMENT_BYTES + 5, shelf_of.record(5))
    unfinished = list(shelf_of.store.found(client_id))
    with shelf_of.part() as part:
        part.go_on(9 * SEGMENT_BYTES + 5)
        part.write(shelf_of.record(5), 9)
        part.finish(9 * SEGMENT_BYTES + 5, FOOTER)
    finished = list(shelf_of.store.found(client_id))

    assert {(one.kind, one.blob_id, one.offset) for one in unfinished} == {
        ("unfinished", blob_id, 0),
        ("end", blob_id, 9 * SEGMENT_BYTES + 5),
    }
    assert {one.kind for one in finished} == {"complete", "end"}
    assert all(abs((one.changed_at - clock.now()).total_seconds()) < 60 for one in finished)
    for one in (*unfinished, *finished):
        shelf_of.store.discard(one)
    assert list(shelf_of.store.found(client_id)) == []
    assert list(shelf_of.store.found(ids.new())) == []


@pytest.mark.parametrize("segments", [1, 17])
def test_a_blob_is_copied_from_one_store_to_another(store, s3, segments):
    for source, target in ((Shelf(store, known_codec()), s3), (Shelf(s3, known_codec()), store)):
        with source.part() as part:
            for index in range(segments):
                part.write(source.record(), index)
            part.finish(segments * SEGMENT_BYTES, FOOTER)
        stored = source.store.open(*source.ids)

        target.copy(*source.ids, stored)
        target.copy(*source.ids, stored)

        copied = target.open(*source.ids)
        assert copied.size() == stored.size()
        assert copied.read(0, 10**8) == stored.read(0, 10**8)
        assert [one.kind for one in target.found(source.codec.client_id)] == ["complete"]


def test_the_store_knows_its_room(shelf_of):
    assert shelf_of.store.free_bytes() > 0


# -- the disk alone ---------------------------------------------------------------------------------------------------


def test_an_open_blob_is_readable_to_its_end_after_it_was_deleted(on_disk):
    content = on_disk.finish()
    stored = on_disk.store.open(*on_disk.ids)

    on_disk.store.delete(*on_disk.ids)

    assert stored.read(0, 4) == content[:4]
    stored.close()


def test_a_blob_finished_between_the_opening_and_the_lock_is_known_as_finished(on_disk, monkeypatch):
    flock = fcntl.flock

    def late(descriptor: int, operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", flock)
        on_disk.finish()
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", late)

    with on_disk.part() as part:
        assert part.is_finished


def test_a_blob_deleted_between_the_opening_and_the_lock_is_not_there(on_disk, monkeypatch):
    flock = fcntl.flock

    def late(descriptor: int, operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", flock)
        on_disk.store.delete(*on_disk.ids)
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", late)

    with pytest.raises(BlobMissing):
        on_disk.part()


def test_each_client_has_a_folder_of_its_own_open_to_nobody_else(on_disk, shelf):
    client_id, blob_id = on_disk.ids
    with on_disk.part() as part:
        part.keep(5, on_disk.record(5))

    folder = shelf / "store" / client_id.hex / blob_id.hex[-2:]
    assert sorted(path.name for path in folder.iterdir()) == [f"{blob_id.hex}.part", f"{blob_id.hex}.tail.5"]
    for path in (shelf / "store").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_a_link_in_the_place_of_a_blob_is_not_followed(on_disk, shelf):
    client_id, blob_id = on_disk.ids
    secret = shelf / "secret"
    secret.write_bytes(b"not yours")
    folder = shelf / "store" / client_id.hex / blob_id.hex[-2:]
    (folder / f"{blob_id.hex}.mnb").symlink_to(secret)
    (folder / f"{blob_id.hex}.tail.5").symlink_to(secret)

    with pytest.raises(OSError, match="symbolic links"):
        on_disk.store.open(*on_disk.ids)
    with on_disk.part() as part, pytest.raises(OSError, match="symbolic links"):
        part.keep(5, b"five")
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
