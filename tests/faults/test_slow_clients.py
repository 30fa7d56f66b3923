"""Senders and readers that take for ever: pages stay quick for everybody else."""

import contextlib
import http.client
import time
from collections.abc import Iterator

import pytest

from tests.faults.portal import Small
from tests.faults.visitor import MIB, Visitor, noise

PAGES = 12
PAGE_SECONDS = 1.5  # the slowest of the pages, on a machine that has other work

pytestmark = pytest.mark.control("server-validation")


@contextlib.contextmanager
def held(visitor: Visitor, count: int, begun: bytes) -> Iterator[list[object]]:
    """Hold connections open on which something was begun and never goes on."""
    with contextlib.ExitStack() as stack:
        found: list[object] = []
        for _ in range(count):
            connection = stack.enter_context(contextlib.closing(visitor.connect(30)))
            connection.sendall(begun)
            found.append(connection)
        time.sleep(0.5)
        yield found


def slowest_page(visitor: Visitor, path: str) -> float:
    """Return how long the slowest of some pages took."""
    taken = []
    for _ in range(PAGES):
        begun = time.monotonic()
        assert visitor.get(path).status == 200
        taken.append(time.monotonic() - begun)
    return max(taken)


def own_lines(visitor: Visitor) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in visitor.own_headers().items())


def test_headers_that_never_end_stall_no_page(small: Small, cleo: Visitor) -> None:
    begun = time.monotonic()
    with held(cleo, 200, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "):
        assert time.monotonic() - begun < 14  # all at once: none had to wait until others were cut off
        assert slowest_page(cleo, "/account/") < PAGE_SECONDS
        assert slowest_page(Visitor(small), "/sign-in/") < PAGE_SECONDS


def test_forms_that_never_end_stall_no_page(cleo: Visitor) -> None:
    begun = (
        f"POST /sign-in/ HTTP/1.1\r\n{cleo.host_line()}\r\n{own_lines(cleo)}"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\nlogin="
    )
    with held(cleo, 100, begun.encode()):
        assert slowest_page(cleo, "/account/") < PAGE_SECONDS


def test_parts_that_never_end_stall_no_page_and_keep_what_came(cleo: Visitor) -> None:
    places = [cleo.place(f"slow {number}.bin", MIB) for number in range(4)]
    with contextlib.ExitStack() as stack:
        for place in places:
            begun = (
                f"PATCH {place} HTTP/1.1\r\n{cleo.host_line()}\r\n{own_lines(cleo)}"
                "Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\n"
                f"Content-Length: {MIB}\r\n\r\n"
            )
            stack.enter_context(held(cleo, 1, begun.encode() + b"a" * 1000))
        assert slowest_page(cleo, f"/{cleo.client}/documents/") < PAGE_SECONDS
        locked = cleo.patch(places[0], 0, b"x")
        assert (locked.status, locked.code) == (423, "upload-locked")
    for place in places:
        cleo.go_on(place, b"a" * MIB, 20)


def test_readers_that_never_read_stall_no_page(cleo: Visitor) -> None:
    content = noise(24 * MIB, "slow readers")
    document = cleo.upload("slowly read.bin", content)
    with contextlib.ExitStack() as stack:
        answers = []
        for _ in range(8):  # as many as one person may
            connection = http.client.HTTPSConnection(
                "localhost", cleo.portal.present.https_port, context=cleo._context, timeout=30
            )
            stack.enter_context(contextlib.closing(connection))
            connection.request("GET", f"/{cleo.client}/documents/{document}/download/", headers=cleo.own_headers())
            answer = connection.getresponse()
            assert answer.status == 200
            answer.read(1000)
            answers.append(answer)
        ninth = cleo.get(f"/{cleo.client}/documents/{document}/download/", Accept="application/json")
        assert (ninth.status, ninth.code) == (429, "too-many-downloads")
        assert slowest_page(cleo, f"/{cleo.client}/documents/") < PAGE_SECONDS
        assert answers[0].read(5 * MIB) == content[1000 : 1000 + 5 * MIB]
