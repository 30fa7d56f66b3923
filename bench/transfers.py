"""Download and upload of large and small files with one and eight callers, against nginx in the same rounds."""

import re
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import process_tree
from bench.callers import Crowd, Download, Put, Task, Timing, TusUpload, content
from bench.nginx import Nginx
from bench.portal import Portal, Visitor
from bench.results import Result, compared

MANY = 8
MEGABYTE = 1e6
AIMS = {"download 100 MB": ">= 0.8", "upload 100 MB": ">= 0.5"}


@dataclass(frozen=True)
class Size:
    """One size of file: how large, and how often a single caller and each of many transfer it in one measure.

    The peer may be asked more often, where it would be done too soon to be measured.
    """

    name: str
    size_bytes: int
    times_alone: int
    times_among_many: int
    unit: str
    peer_factor: int = 1

    def times(self, callers: int, *, is_peer: bool) -> int:
        """Return how often each caller transfers the file."""
        times = self.times_alone if callers == 1 else self.times_among_many
        return times * self.peer_factor if is_peer else times

    def rate(self, seconds: float, files: int) -> float:
        """Return how fast so many files went, in `unit`."""
        return (files * self.size_bytes / MEGABYTE if self.unit == "MB/s" else files) / seconds


LARGE = Size("100 MB", 100_000_000, 1, 1, "MB/s")
SMALL = Size("100 KB", 100_000, 30, 10, "files/s", peer_factor=20)


@dataclass(frozen=True)
class Sample:
    """One measure: how fast, and the processor time of the server and of the callers for each file."""

    rate: float
    server_milliseconds: float
    caller_milliseconds: float


@dataclass(frozen=True)
class Ground:
    """The two servers, somebody signed in, and the callers."""

    portal: Portal
    nginx: Nginx
    visitor: Visitor
    crowd: Crowd


def measure(
    portal: Portal, visitor: Visitor, top: Path, rounds: int = 4, sizes: Sequence[Size] = (LARGE, SMALL)
) -> list[Result]:
    """Return the rates of every transfer beside those of nginx; `visitor` carries the token of changing requests."""
    nginx = Nginx(top / "nginx", portal.data / "tls")
    try:
        with Crowd(MANY) as crowd:
            ground = Ground(portal, nginx, visitor, crowd)
            _require_same_cipher(ground)
            return [result for size in sizes for result in _of_size(ground, size, rounds)]
    finally:
        nginx.stop()


def document_path(portal: Portal, visitor: Visitor, size_bytes: int) -> str:
    """Upload a file and return the path of its download."""
    with Crowd(1) as crowd:
        crowd.run([_tus(portal, visitor, size_bytes, 1)])
    page = portal.get(visitor, visitor.documents)
    while "Being checked" in page:
        time.sleep(0.2)
        page = portal.get(visitor, visitor.documents)
    found = re.search(rf'href="{re.escape(visitor.documents)}([\w-]{{22}})/"', page)  # the newest stands first
    if found is None:
        raise LookupError("the uploaded file is not listed")
    return f"{visitor.documents}{found[1]}/download/"


def _of_size(ground: Ground, size: Size, rounds: int) -> list[Result]:
    ground.nginx.offer(size.name.replace(" ", ""), size.size_bytes, content())
    path = document_path(ground.portal, ground.visitor, size.size_bytes)
    samples: dict[tuple[str, int, bool], list[Sample]] = {}
    for _ in range(rounds):
        for act in ("download", "upload"):
            for callers in (1, MANY):
                for is_peer in (True, False):
                    found = _sample(ground, size, act, callers, path=path, is_peer=is_peer)
                    samples.setdefault((act, callers, is_peer), []).append(found)
    return [
        result
        for act in ("download", "upload")
        for callers in (1, MANY)
        for result in _results(size, act, callers, samples[act, callers, False], samples[act, callers, True])
    ]


def _sample(ground: Ground, size: Size, act: str, callers: int, *, path: str, is_peer: bool) -> Sample:
    """Measure one act once, when the server has nothing else to do."""
    times = size.times(callers, is_peer=is_peer)
    files = callers * times
    tasks = [_task(ground, size, act, times, path=path, number=n, is_peer=is_peer) for n in range(callers)]
    process_tree.settle(ground.portal.process_id)
    server = ground.nginx.process_id if is_peer else ground.portal.process_id
    before = process_tree.processor_seconds(server)
    timing: Timing = ground.crowd.run(tasks)
    used = process_tree.processor_seconds(server) - before
    return Sample(size.rate(timing.seconds, files), 1000 * used / files, 1000 * timing.caller_processor_seconds / files)


def _task(ground: Ground, size: Size, act: str, times: int, *, path: str, number: int, is_peer: bool) -> Task:
    file = "/" + size.name.replace(" ", "")
    if act == "upload":
        if is_peer:
            return Put(ground.nginx.address, f"{file}-{number}", size.size_bytes, times)
        return _tus(ground.portal, ground.visitor, size.size_bytes, times)
    if is_peer:
        return Download(ground.nginx.address, file, size.size_bytes, times, {})
    return Download(ground.portal.address, path, size.size_bytes, times, ground.visitor.headers)


def _tus(portal: Portal, visitor: Visitor, size_bytes: int, times: int) -> TusUpload:
    return TusUpload(portal.address, f"/{visitor.client}/uploads/", size_bytes, times, visitor.headers)


def _results(size: Size, act: str, callers: int, ours: list[Sample], theirs: list[Sample]) -> list[Result]:
    name = f"{act} {size.name}"
    who = "1 client" if callers == 1 else f"{callers} clients"
    rate = _compared(f"{name}, {who}", size.unit, "rate", ours, theirs, aim=AIMS.get(name, ""))
    if callers > 1:
        return [rate]
    return [
        rate,
        _compared(f"{name}, server's CPU", "ms", "server_milliseconds", ours, theirs),
        _compared(f"{name}, client's CPU", "ms", "caller_milliseconds", ours, theirs),
    ]


def _compared(name: str, unit: str, field: str, ours: list[Sample], theirs: list[Sample], *, aim: str = "") -> Result:
    own, peer = (statistics.median(getattr(sample, field) for sample in samples) for samples in (ours, theirs))
    return compared(name, own, unit, "nginx", peer, aim=aim)


def _require_same_cipher(ground: Ground) -> None:
    """Refuse to compare servers that encrypt differently."""
    chosen = set()
    for address in (ground.portal.address, ground.nginx.address):
        connection = address.connect()
        chosen.add(connection.sock.cipher())
        connection.close()
    if len(chosen) > 1:
        raise ValueError(f"portal and nginx chose different ciphers: {chosen}")
