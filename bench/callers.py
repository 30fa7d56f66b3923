"""Processes that download and upload over TLS, so that no caller shares its time with another or with the bench."""

import base64
import hashlib
import http.client
import multiprocessing
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Protocol, Self

from bench.portal import Address

CHUNK_BYTES = 8 * 2**20
READ_BYTES = 2**20
GOOD = frozenset({200, 201, 204})


@cache
def content() -> bytes:
    """Return the 8 MiB that every file is made of: noise that begins like a PDF, to be looked into and let in."""
    begin = b"%PDF-1.7\n"
    return begin + hashlib.shake_256(b"bench").digest(CHUNK_BYTES - len(begin))


class Task(Protocol):
    """What one caller does, over a connection that is open before the clock starts."""

    @property
    def address(self) -> Address:
        """Whom to call."""

    def run(self, connection: http.client.HTTPSConnection) -> None:
        """Do it."""


@dataclass(frozen=True)
class Download:
    """Fetch one file some times, one after the other."""

    address: Address
    path: str
    size_bytes: int
    times: int
    headers: Mapping[str, str]

    def run(self, connection: http.client.HTTPSConnection) -> None:
        """Fetch, and count the bytes."""
        buffer = memoryview(bytearray(READ_BYTES))
        for _ in range(self.times):
            connection.request("GET", self.path, headers=dict(self.headers))
            answer = _good(connection)
            received = 0
            while size := answer.readinto(buffer):
                received += size
            if received != self.size_bytes:
                raise http.client.IncompleteRead(b"", self.size_bytes - received)


@dataclass(frozen=True)
class Put:
    """Send a file some times as one PUT each, always to the same name."""

    address: Address
    path: str
    size_bytes: int
    times: int

    def run(self, connection: http.client.HTTPSConnection) -> None:
        """Send."""
        for _ in range(self.times):
            connection.putrequest("PUT", self.path)
            connection.putheader("Content-Length", str(self.size_bytes))
            connection.endheaders()
            for start in range(0, self.size_bytes, CHUNK_BYTES):
                connection.send(_chunk(self.size_bytes - start))
            _good(connection).read()


@dataclass(frozen=True)
class TusUpload:
    """Upload a file some times as the portal's pages do: tus, 8 MiB a request, each with its SHA-256."""

    address: Address
    path: str
    size_bytes: int
    times: int
    headers: Mapping[str, str]
    name: str = "scan.pdf"

    def run(self, connection: http.client.HTTPSConnection) -> None:
        """Create and send, chunk by chunk."""
        for _ in range(self.times):
            headers = {**self.headers, "Tus-Resumable": "1.0.0"}
            metadata = f"filename {base64.b64encode(self.name.encode()).decode()}"
            begin = {"Upload-Length": str(self.size_bytes), "Upload-Metadata": metadata, "Content-Length": "0"}
            connection.request("POST", self.path, headers={**headers, **begin})
            answer = _good(connection)
            answer.read()
            place = answer.headers["Location"]
            for offset in range(0, self.size_bytes, CHUNK_BYTES):
                chunk = _chunk(self.size_bytes - offset)
                part = {
                    "Content-Type": "application/offset+octet-stream",
                    "Upload-Offset": str(offset),
                    "Upload-Checksum": f"sha256 {_checksum(len(chunk))}",
                }
                connection.request("PATCH", place, body=chunk, headers={**headers, **part})
                _good(connection).read()


@dataclass(frozen=True)
class Timing:
    """How long a run took from the first start to the last end, and the callers' own processor time."""

    seconds: float
    caller_processor_seconds: float


class Crowd:
    """Callers that wait for tasks; leave the block to send them home."""

    def __init__(self, count: int) -> None:
        fresh = multiprocessing.get_context("spawn")
        self._pipes: list[Connection] = []
        self._processes = []
        for _ in range(count):
            here, there = fresh.Pipe()
            process = fresh.Process(target=_serve, args=(there,), daemon=True)
            process.start()
            there.close()
            self._pipes.append(here)
            self._processes.append(process)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.join(5)
            if process.is_alive():
                process.kill()

    def run(self, tasks: Sequence[Task]) -> Timing:
        """Have one caller do each task, all beginning at the same time.

        Raises:
            ConnectionError: one of them failed.
        """
        pipes = self._pipes[: len(tasks)]
        for pipe, task in zip(pipes, tasks, strict=True):
            pipe.send(task)
        for pipe in pipes:
            pipe.recv()  # connected
        for pipe in pipes:
            pipe.send("go")
        answers = [pipe.recv() for pipe in pipes]
        for answer in answers:
            if isinstance(answer, str):
                raise ConnectionError(answer)
        starts, ends, processor = zip(*answers, strict=True)
        return Timing(max(ends) - min(starts), sum(processor))


def _serve(pipe: Connection) -> None:
    """Do task after task until the other side closes."""
    content()
    while True:
        try:
            task: Task = pipe.recv()
        except EOFError:
            return
        try:
            connection = task.address.connect()
        except OSError as error:
            pipe.send(repr(error))
            pipe.recv()
            pipe.send(repr(error))
            continue
        pipe.send("connected")
        pipe.recv()
        start, processor = time.monotonic(), time.process_time()
        try:
            task.run(connection)
            pipe.send((start, time.monotonic(), time.process_time() - processor))
        except (OSError, http.client.HTTPException) as error:
            pipe.send(f"{type(task).__name__}: {error!r}")
        finally:
            connection.close()


def _chunk(left: int) -> memoryview:
    return memoryview(content())[: min(left, CHUNK_BYTES)]


@cache
def _checksum(size_bytes: int) -> str:
    """Return the checksum of so many first bytes of the content, made once: browsers make it too."""
    return base64.b64encode(hashlib.sha256(_chunk(size_bytes)).digest()).decode()


def _good(connection: http.client.HTTPSConnection) -> http.client.HTTPResponse:
    answer = connection.getresponse()
    if answer.status not in GOOD:
        raise http.client.HTTPException(f"{answer.status}: {answer.read()[:300]!r}")
    return answer
