"""A hundred people who download slowly, and whether pages still come."""

import socket
import ssl
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bench.portal import Portal, Visitor, fetch
from bench.results import Result, compared

READERS = 100
PIECE_BYTES = 16 * 1024
PAUSE_SECONDS = 0.25
RECEIVE_BUFFER = 64 * 1024
STEADY_SECONDS = 3.0
PAGES = 40


class SlowReader(threading.Thread):
    """One download at 64 KB a second, with a small buffer, so that it is the server that waits."""

    def __init__(self, portal: Portal, visitor: Visitor, path: str, is_over: threading.Event) -> None:
        super().__init__(daemon=True)
        self._portal = portal
        self._is_over = is_over
        lines = [f"GET {path} HTTP/1.1", f"Host: localhost:{portal.port}"]
        lines += [f"{name}: {value}" for name, value in visitor.headers.items()]
        self._request = "\r\n".join([*lines, "", ""]).encode()
        self.status = b""
        self.received = 0

    def run(self) -> None:
        """Read until told to stop."""
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        plain.settimeout(60)
        try:
            plain.connect(("127.0.0.1", self._portal.port))
            with self._portal.address.context().wrap_socket(plain, server_hostname="localhost") as connection:
                connection.sendall(self._request)
                self.status = connection.recv(PIECE_BYTES)[9:12]
                while not self._is_over.wait(PAUSE_SECONDS):
                    piece = connection.recv(PIECE_BYTES)
                    if not piece:
                        return
                    self.received += len(piece)
        except (OSError, ssl.SSLError):
            return
        finally:
            plain.close()


def measure(
    portal: Portal, visitors: Sequence[Visitor], path: str, *, readers: int = READERS, pages: int = PAGES
) -> list[Result]:
    """Return the time of a page while `readers` downloads of `path` wait for their readers, beside an unloaded one.

    The downloads are spread over the visitors, because one person may have only so many.
    """
    visitor = visitors[0]
    alone = _page_times(portal, visitor, pages)
    with _reading(portal, visitors, path, readers) as threads:
        before = [thread.received for thread in threads]
        loaded = _page_times(portal, visitor, pages)
        still = sum(after.received > begun for after, begun in zip(threads, before, strict=True))
    if still < readers:
        told = sorted({thread.status for thread in threads})
        raise ConnectionError(f"only {still} of {readers} slow downloads went on; answers: {told}")
    alone += _page_times(portal, visitor, pages)
    name = f"page beside {readers} slow downloads"
    unloaded = statistics.median(alone)
    return [
        compared(name, statistics.median(loaded), "ms", "alone", unloaded),
        compared(f"{name}, slowest of {pages}", max(loaded), "ms", "slowest alone", max(alone)),
    ]


@contextmanager
def _reading(portal: Portal, visitors: Sequence[Visitor], path: str, count: int) -> Iterator[list[SlowReader]]:
    """Have so many read, and go on once all of them have received something for a while."""
    is_over = threading.Event()
    threads = [SlowReader(portal, visitors[number % len(visitors)], path, is_over) for number in range(count)]
    try:
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not all(thread.received for thread in threads):
            time.sleep(0.1)
        time.sleep(STEADY_SECONDS)
        yield threads
    finally:
        is_over.set()
        for thread in threads:
            thread.join(10)


def _page_times(portal: Portal, visitor: Visitor, count: int) -> list[float]:
    """Return how many milliseconds each of `count` pages took over one connection."""
    connection = portal.address.connect()
    found = []
    try:
        fetch(connection, visitor.documents, visitor.headers)
        for _ in range(count):
            begun = time.monotonic()
            fetch(connection, visitor.documents, visitor.headers)
            found.append(1000 * (time.monotonic() - begun))
    finally:
        connection.close()
    return found
