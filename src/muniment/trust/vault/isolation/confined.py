"""The other side of the sandbox: a process that runs one task over bytes that come in through a pipe.

`sandbox.run` alone calls `main`, in a new interpreter. It loads the task's code, gives
everything up, and only then reads the first byte of what it was made for.
"""

import importlib
import io
import os
import struct
import sys
from collections.abc import Callable
from typing import BinaryIO

from muniment.trust.vault.isolation import confinement

TASKS = {
    "content": "muniment.trust.vault.vetting.looking:look",
    "image": "muniment.trust.vault.isolation.previews:image",
    "pdf-page": "muniment.trust.vault.isolation.previews:pdf_page",
    "probe": "muniment.trust.vault.isolation.probing:probe",
    "strain": "muniment.trust.vault.isolation.probing:strain",
    "text": "muniment.trust.vault.text.reading:text",
}
"""Every task there is, by name: where its function is. It takes what to read, and texts; it returns bytes."""

HEAD = struct.Struct("=cQQ")
WANTED, DONE, REFUSED = b"R", b"D", b"N"

Task = Callable[..., bytes]


class TaskRefused(Exception):
    """A task cannot be done with these bytes; `reason` is a code that holds nothing of them."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Asking(io.RawIOBase):
    """A file whose parts are asked for through the pipes as they are needed; only ever read."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that any place can be read."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a place."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise OSError("before the beginning")
        self._at = start + offset
        return self._at

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override] # what a buffered reader hands in
        """Fill a buffer with what comes next."""
        wanted = min(len(buffer), max(self._size - self._at, 0))
        if wanted:
            _say(WANTED, self._at, wanted)
            buffer[:wanted] = _take(wanted)
            self._at += wanted
        return wanted


def main() -> None:
    """Run the task that the arguments name, and answer through the pipe."""
    name, parent, seconds, memory_bytes, size, *arguments = sys.argv[1:]
    confinement.die_with(int(parent))
    module, function = TASKS[name].split(":")
    task: Task = getattr(importlib.import_module(module), function)
    held = confinement.confine(int(parent), seconds=int(seconds), memory_bytes=int(memory_bytes))
    if not confinement.REQUIRED.issubset(held):
        _answer(REFUSED, b"not confined")
    elif name == "probe":
        _answer(DONE, task(held, *arguments))
    else:
        _answer(*_outcome(task, int(size), arguments))
    os._exit(0)


def _outcome(task: Task, size: int, arguments: list[str]) -> tuple[bytes, bytes]:
    source: BinaryIO = sys.stdin.buffer if size < 0 else io.BufferedReader(Asking(size), 256 * 1024)
    try:
        return DONE, task(source, *arguments)
    except TaskRefused as refused:
        return REFUSED, refused.reason.encode()
    except MemoryError:
        return REFUSED, b"memory"
    except RecursionError:
        return REFUSED, b"malformed"
    except Exception:  # noqa: BLE001 - whatever a reader of hostile bytes raises means that it cannot read them
        return REFUSED, b"malformed"


def _take(size: int) -> bytes:
    found = bytearray()
    while len(found) < size:
        part = os.read(0, size - len(found))
        if not part:
            os._exit(1)
        found += part
    return bytes(found)


def _answer(kind: bytes, body: bytes) -> None:
    _say(kind, len(body), 0)
    _write(body)


def _say(kind: bytes, first: int, second: int) -> None:
    _write(HEAD.pack(kind, first, second))


def _write(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(1, view) :]
