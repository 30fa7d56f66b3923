"""An upload goes on after a death at any step, and its row never promises what a loss of power could take."""

import mmap
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import pytest

from muniment.trust.vault.blobs.reading import open_blob
from muniment.trust.vault.blobs.segments import SEGMENT_BYTES

S = SEGMENT_BYTES
DATA = os.urandom(10 * S + 12_345)
DIED = 77
CHANGES = ("open", "pwrite", "fdatasync", "fsync", "ftruncate", "rename", "unlink")


class Shape(NamedTuple):
    """How much was kept before, how far the chunk goes, and how long the file is."""

    kept: int
    until: int
    length: int


SHAPES = {
    "a tail, then the end": Shape(S + 500_000, len(DATA), len(DATA)),
    "whole segments, then the end": Shape(2 * S, len(DATA), len(DATA)),
    "a tail, then another past a commit": Shape(700_001, 9 * S + 5, len(DATA)),
    "a few bytes, then a few": Shape(5, 9, len(DATA)),
    "nothing, then all": Shape(0, len(DATA), len(DATA)),
    "whole segments only": Shape(S, 3 * S, 3 * S),
    "nothing of nothing": Shape(0, 0, 0),
}
shapes = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())


class SharedRow:
    """An upload's offset in memory that outlives the process which moved it."""

    def __init__(self, upload: Any) -> None:
        self._memory = mmap.mmap(-1, 8)
        self.save(upload.offset)

    def save(self, offset: int) -> None:
        self._memory[:8] = offset.to_bytes(8, "big")

    def load(self) -> int:
        return int.from_bytes(self._memory[:8], "big")


def is_change(name: str, arguments: tuple[Any, ...]) -> bool:
    """Tell whether a call changes what lies on the disk: not every `open` does."""
    return name != "open" or bool(arguments[1] & (os.O_CREAT | os.O_TRUNC))


def in_child_that_dies_after(step: int, upload: Any, row: SharedRow, until: int) -> bool:
    """Send up to `until` in a process of its own that dies after its `step`-th change; tell whether it died."""
    child = os.fork()
    if child == 0:
        send_and_die(step, upload, row, until)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in {0, DIED}
    return status == DIED


def send_and_die(step: int, upload: Any, row: SharedRow, until: int) -> NoReturn:
    left = step

    def count(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            nonlocal left
            result = call(*arguments, **named)
            left -= is_change(name, arguments)
            if left == 0:
                os._exit(DIED)
            return result

        return counted

    status = 1
    try:
        for name in CHANGES:
            setattr(os, name, count(name, getattr(os, name)))
        upload.save = count("row", row.save)
        upload.send(until)
        status = 0
    finally:
        os._exit(status)


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # Python 3.12 warns of every fork beside threads
@shapes
def test_an_upload_goes_on_after_a_death_at_any_step(begin, shape):
    step, has_died = 0, True
    while has_died:
        step += 1
        upload = begin(DATA[: shape.length])
        if shape.kept:
            upload.send(shape.kept)
        row = SharedRow(upload)

        has_died = in_child_that_dies_after(step, upload, row, shape.until)

        upload.offset = row.load()
        upload.send()
        with open_blob(upload.store, upload.codec, shape.length) as blob:
            assert b"".join(blob.read()) == upload.data, f"after a death at step {step}"
        assert upload.files() == ["mnb"]
        upload.store.delete(upload.codec.client_id, upload.codec.blob_id)
    assert step > 5


class Ledger:
    """Keeps book of what a loss of power could still take: files and folders changed since their last sync."""

    def __init__(self, upload: Any, patch: pytest.MonkeyPatch) -> None:
        self.upload = upload
        self.unsafe: set[int] = set()
        self.moves = 0
        for name in CHANGES:
            patch.setattr(os, name, self._watch(name, getattr(os, name)))
        upload.save = self.save

    def save(self, offset: int) -> None:
        assert not self.unsafe, "the row moved before everything was on the disk"
        self.upload.offset = offset
        self.moves += 1

    def _watch(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: Any, **named: Any) -> Any:
            if name in {"open", "unlink"} and is_change(name, arguments):
                self._spare_the_kept_tail(Path(arguments[0]))
            if name == "rename":
                assert not self.unsafe, "the name moved before the bytes were on the disk"
            is_new = name == "open" and is_change(name, arguments) and not Path(arguments[0]).exists()
            result = call(*arguments, **named)
            if is_new or name == "rename":
                self.unsafe.add(Path(arguments[0]).parent.stat().st_ino)
            if name in {"pwrite", "ftruncate"}:
                self.unsafe.add(os.fstat(arguments[0]).st_ino)
            if name in {"fsync", "fdatasync"}:
                self.unsafe.discard(os.fstat(arguments[0]).st_ino)
            return result

        return watched

    def _spare_the_kept_tail(self, path: Path) -> None:
        """The tail that the row still needs is neither written over nor removed."""
        is_whole = self.upload.offset == len(self.upload.data)
        assert is_whole or path != self.upload.path(f"tail.{self.upload.offset}")


@shapes
def test_the_row_moves_only_when_a_loss_of_power_could_take_nothing(begin, shape, monkeypatch):
    upload = begin(DATA[: shape.length])
    ledger = Ledger(upload, monkeypatch)

    for stop in (shape.kept, shape.until, shape.until, shape.length):
        upload.send(stop)

    assert ledger.moves >= (shape.length > 0)
    assert not ledger.unsafe
    assert upload.files() == ["mnb"]


def test_a_new_upload_is_on_the_disk_before_its_row_is(shelf, begin, monkeypatch):
    synced = set()
    fsync = os.fsync

    def note(descriptor: int) -> None:
        fsync(descriptor)
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            synced.add(Path(f"/proc/self/fd/{descriptor}").readlink())

    monkeypatch.setattr(os, "fsync", note)

    upload = begin(b"")

    assert synced == {shelf / "store", upload.folder.parent, upload.folder}
