"""Run one task over bytes that nobody trusts, in a process that can do nothing else.

The process is made for the task and ends with it. It has no network, sees no file, holds no key, cannot start
anything, and is killed when it takes too long or too much memory (`confinement`). Bytes go in and out through
pipes only, so nothing of them touches a disk.
"""

import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from muniment.trust.vault.blobs.reading import OpenBlob
from muniment.trust.vault.errors import TaskFailed
from muniment.trust.vault.isolation.confined import DONE, HEAD, REFUSED, TASKS, WANTED

OUTPUT_BYTES_MOST = 32 * 2**20
_PIECE = 64 * 1024
_ASKED_BYTES_MOST = 64 * 2**20
_AT_ONCE = threading.BoundedSemaphore(2)  # each may hold a few hundred megabytes
_START = "from muniment.trust.vault.isolation import confined; confined.main()"
_ENVIRONMENT = {"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1"}


@dataclass(frozen=True)
class Confinement:
    """What holds a task in on this machine: the layers, and what it could reach in spite of them."""

    held: tuple[str, ...]
    reached: tuple[str, ...]
    environment: tuple[str, ...]


def run(
    task: str,
    data: Iterable[bytes] | OpenBlob,
    *,
    seconds: float,
    memory_bytes: int,
    arguments: Iterable[str] = (),
    output_bytes: int = OUTPUT_BYTES_MOST,
) -> bytes:
    """Return what a task (a name in `confined.TASKS`) makes of `data`.

    Pieces are handed in one after the other; of an open blob the task asks for the parts it needs, so that it can
    be larger than any memory. `memory_bytes` comes on top of the task's own code.

    Raises:
        TaskFailed: it cannot be done with these bytes, took too long, or needed too much; see its `reason`.
    """
    size = data.length if isinstance(data, OpenBlob) else -1
    numbers = (os.getpid(), max(1, round(seconds)), memory_bytes, size)
    command = [sys.executable, "-I", "-B", "-c", _START, task, *map(str, numbers), *arguments]
    deadline = time.monotonic() + seconds
    if task not in TASKS or not _AT_ONCE.acquire(timeout=seconds):
        raise TaskFailed("busy")
    try:
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_ENVIRONMENT,
            cwd="/",
            bufsize=0,
            start_new_session=True,
            umask=0o077,
        ) as process:
            try:
                return _Talk(process, data, deadline, output_bytes).result()
            finally:
                process.kill()
    finally:
        _AT_ONCE.release()


def confinement(*paths: str) -> Confinement:
    """Return what holds on this machine, after a task has tried to get out and to read `paths`.

    Raises:
        TaskFailed: no task can run here, because what it must be confined by is missing.
    """
    told = json.loads(run("probe", (), seconds=20, memory_bytes=64 * 2**20, arguments=paths))
    return Confinement(tuple(told["held"]), tuple(told["reached"]), tuple(told["environment"]))


class _Talk:
    """What goes through the pipes of one task until it has answered."""

    def __init__(
        self, process: "subprocess.Popen[bytes]", data: Iterable[bytes] | OpenBlob, deadline: float, output_bytes: int
    ) -> None:
        if process.stdin is None or process.stdout is None:
            raise TypeError("a task talks through pipes")
        self._process = process
        self._blob = data if isinstance(data, OpenBlob) else None
        self._pieces: Iterator[bytes] = iter(()) if isinstance(data, OpenBlob) else iter(data)
        self._into: IO[bytes] = process.stdin
        self._out: IO[bytes] = process.stdout
        self._deadline = deadline
        self._output_bytes = output_bytes
        self._told = bytearray()
        self._going = memoryview(b"")

    def result(self) -> bytes:
        """Return the answer."""
        os.set_blocking(self._into.fileno(), False)
        with selectors.DefaultSelector() as selector:
            selector.register(self._out, selectors.EVENT_READ)
            selector.register(self._into, selectors.EVENT_WRITE)
            while True:
                for key, _ in self._ready(selector):
                    if key.fileobj is self._into:
                        self._feed(selector)
                    elif not self._hear(selector):
                        return self._answer()

    def _ready(self, selector: selectors.BaseSelector) -> list[tuple[selectors.SelectorKey, int]]:
        left = self._deadline - time.monotonic()
        ready = selector.select(left) if left > 0 else []
        if not ready:
            raise TaskFailed("time")
        return ready

    def _feed(self, selector: selectors.BaseSelector) -> None:
        """Hand the next bytes in; when there are none, stop looking whether the pipe takes more."""
        if not self._going:
            self._going = memoryview(next(self._pieces, b""))
        if not self._going:
            selector.unregister(self._into)
            if self._blob is None:
                self._into.close()
            return
        try:
            self._going = self._going[os.write(self._into.fileno(), self._going[:_PIECE]) :]
        except BrokenPipeError:  # it has enough, or is gone: what it said is read below
            selector.unregister(self._into)

    def _hear(self, selector: selectors.BaseSelector) -> bool:
        """Take what the task says, and give it what it asks for; return whether there may be more."""
        part = os.read(self._out.fileno(), _PIECE)
        self._told += part
        if len(self._told) > self._output_bytes + HEAD.size:
            raise TaskFailed("output")
        if self._blob is not None and len(self._told) >= HEAD.size and self._told[:1] == WANTED:
            _, start, size = HEAD.unpack_from(self._told)
            del self._told[: HEAD.size]
            if size > _ASKED_BYTES_MOST or start + size > self._blob.length:
                raise TaskFailed("malformed")
            self._pieces = self._blob.read(start, start + size)
            selector.register(self._into, selectors.EVENT_WRITE)
        return bool(part)

    def _answer(self) -> bytes:
        if len(self._told) < HEAD.size:
            ended_by = -self._process.wait()  # the signal, if it was one
            raise TaskFailed("time" if ended_by in {signal.SIGXCPU, signal.SIGKILL} else "memory")
        kind, size, _ = HEAD.unpack_from(self._told)
        body = bytes(self._told[HEAD.size :])
        if kind == REFUSED and len(body) == size:
            raise TaskFailed(body.decode("ascii", "replace"))
        if kind != DONE or len(body) != size:
            raise TaskFailed("malformed")
        return body
