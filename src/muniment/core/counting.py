"""Numbers that all processes of one machine add to: one small file in memory, under a lock the kernel keeps.

The web server's processes are forks, and any of them answers who asks; a process that dies, even by kill -9, neither
takes its counts along nor leaves the lock taken.
"""

import fcntl
import hashlib
import mmap
import os
import struct
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog

from muniment.core import config

Layout = Sequence[tuple[str, int]]  # what is counted, and how many numbers each has
_SIZE: Final = 8
_TRIES: Final = 40
_PAUSE_SECONDS: Final = 0.0005
_NUMBER: Final = struct.Struct("=d")

logger = structlog.get_logger("muniment.metrics")


class Counts:
    """The numbers of one layout, from zero when the data directory saw this layout for the first time.

    Where the file cannot be made, this process counts for itself alone: nothing stops working over a number.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._named: str | None = None
        self._memory: mmap.mmap | None = None
        self._file: int | None = None

    def add(self, layout: Layout, amounts: Sequence[tuple[int, float]]) -> None:
        """Add each amount to the number at its place, all of them together."""
        with self._lock:
            memory = self._open(layout)
            if not self._taken():
                return
            try:
                for place, amount in amounts:
                    (before,) = _NUMBER.unpack_from(memory, place * _SIZE)
                    _NUMBER.pack_into(memory, place * _SIZE, before + amount)
            finally:
                self._give_back()

    def read(self, layout: Layout) -> list[float]:
        """Return all numbers, in the order of the layout."""
        with self._lock:
            memory = self._open(layout)
            return [_NUMBER.unpack_from(memory, place * _SIZE)[0] for place in range(_total(layout))]

    def _taken(self) -> bool:
        """Take the lock, which is the process's own: a fork does not inherit it, and a death gives it back.

        A process that was stopped while it holds the lock must not stop the others: then a number is lost.
        """
        for _try in range(_TRIES if self._file is not None else 0):
            try:
                fcntl.lockf(self._file or 0, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                time.sleep(_PAUSE_SECONDS)
            else:
                return True
        return self._file is None

    def _give_back(self) -> None:
        if self._file is not None:
            fcntl.lockf(self._file, fcntl.LOCK_UN)

    def _open(self, layout: Layout) -> mmap.mmap:
        folder = config.current().watch
        name = str(folder / f"counts-{hashlib.sha256(repr(list(layout)).encode()).hexdigest()[:16]}")
        if self._memory is None or self._named != name:
            size = max(1, _total(layout)) * _SIZE
            if self._file is not None:
                os.close(self._file)
            try:
                self._file = _made(Path(name), size)
                self._memory = mmap.mmap(self._file, size)
            except OSError as error:
                logger.warning("metrics.not_shared", error=type(error).__name__)
                self._file, self._memory = None, mmap.mmap(-1, size)
            self._named = name
        return self._memory


def _made(path: Path, size: int) -> int:
    """Return the open file of this layout, with room for all of it: a full disk must not end who counts."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        os.posix_fallocate(file, 0, size)
    except OSError:
        os.close(file)
        raise
    for older in path.parent.glob("counts-*"):
        if older != path:
            with suppress(OSError):
                older.unlink()  # of another release; whoever still has it open keeps it
    return file


def _total(layout: Layout) -> int:
    return sum(cells for _name, cells in layout)
