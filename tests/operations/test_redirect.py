"""The plain HTTP port: people are sent on, programs are refused, nobody can hold it up."""

import json
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.operations.redirect import Destination, answer
from tests.operations.conftest import free_port, wait_until

HOME = Destination(("portal.example.com", "localhost", "::1"), 8443)


def ask(method: str = "GET", target: str = "/", host: str = "portal.example.com", **headers: str) -> tuple[int, str]:
    """Return the status and the whole answer to a request."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    told = answer("\r\n".join(lines).encode(), HOME).decode()
    return int(told.split(" ")[1]), told


def location(told: str) -> str:
    found = re.search(r"^Location: (.*)\r$", told, re.MULTILINE)
    assert found is not None
    return found[1]


@pytest.mark.control("http-redirect", "forced-tls")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_people_are_sent_on_to_the_same_page(method: str) -> None:
    status, told = ask(method, "/documents/?page=2", accept="text/html,application/xhtml+xml,*/*;q=0.8")

    assert status == 308
    assert location(told) == "https://portal.example.com:8443/documents/?page=2"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost:8080", "https://localhost:8443/"),
        ("LOCALHOST", "https://localhost:8443/"),
        ("[::1]:8080", "https://[::1]:8443/"),
        ("evil.example", "https://portal.example.com:8443/"),
        ("", "https://portal.example.com:8443/"),
        ("portal.example.com@evil.example", "https://portal.example.com:8443/"),
    ],
)
def test_nobody_is_sent_to_a_name_that_is_not_the_portals(host: str, expected: str) -> None:
    assert location(ask(host=host)[1]) == expected


@pytest.mark.parametrize("target", ["//evil.example/x", "http://evil.example/x", "/\\evil.example"])
def test_a_target_that_looks_like_another_site_stays_here(target: str) -> None:
    assert location(ask(target=target)[1]).startswith("https://portal.example.com:8443/")


@pytest.mark.control("http-redirect")
@pytest.mark.parametrize(
    ("method", "target", "headers"),
    [
        ("GET", "/api/documents", {}),
        ("GET", "/uploads/x", {}),
        ("POST", "/sign-in/", {}),
        ("PATCH", "/anything", {}),
        ("OPTIONS", "/anything", {}),
        ("GET", "/documents/", {"accept": "application/json"}),
        ("GET", "/documents/", {"accept": "application/problem+json"}),
        ("GET", "/documents/", {"content_type": "application/json"}),
        ("GET", "/documents/", {"authorization": "Bearer x"}),
        ("HEAD", "/documents/", {"tus_resumable": "1.0.0"}),
    ],
)
def test_programs_are_refused_without_a_redirect(method: str, target: str, headers: dict[str, str]) -> None:
    status, told = ask(method, target, **headers)

    assert status == 400
    assert "Location" not in told
    if method != "HEAD":
        assert json.loads(told.partition("\r\n\r\n")[2])["code"] == "https-required"


@pytest.mark.control("hsts")
def test_hsts_is_not_sent_over_http() -> None:
    assert "strict-transport" not in ask()[1].lower()
    assert "strict-transport" not in ask("POST")[1].lower()


REQUESTS = st.binary(max_size=300) | st.builds(
    lambda method, target, host: f"{method} {target} HTTP/1.1\r\nHost: {host}".encode(),
    st.sampled_from(["GET", "HEAD", "POST"]),
    st.text(max_size=60),
    st.text(max_size=40),
)


@given(request=REQUESTS)
def test_whatever_is_sent_the_answer_is_whole_and_leads_nowhere_else(request: bytes) -> None:
    told = answer(request, HOME).decode("ascii")

    head, _, body = told.partition("\r\n\r\n")
    assert re.match(r"HTTP/1\.1 (308|400|505) ", head)
    assert f"Content-Length: {len(body)}" in head
    names = [line.partition(":")[0] for line in head.split("\r\n")[1:]]
    assert set(names) <= {
        "Content-Type", "Content-Length", "Location", "Cache-Control", "X-Content-Type-Options", "Connection",
    }  # fmt: skip
    if "Location" in names:
        assert re.match(r"https://(portal\.example\.com|localhost|\[::1\]):8443/", location(told))


# -- the process ------------------------------------------------------------------------------------------------------


@pytest.fixture
def port(launch: Callable[..., "subprocess.Popen[bytes]"]) -> Iterator[int]:
    """Give the port of a running listener."""
    found = free_port()
    process = launch("muniment.operations.redirect", "127.0.0.1", str(found), "8443", "localhost")
    assert wait_until(lambda: _connects(found))
    yield found
    assert process.poll() is None


def _connects(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def exchange(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=15) as connection:
        connection.sendall(request)
        told = b""
        while received := connection.recv(4096):
            told += received
    return told


def test_the_listener_answers_over_a_socket(port: int) -> None:
    told = exchange(port, b"GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n")

    assert told.startswith(b"HTTP/1.1 308 ")
    assert b"Location: https://localhost:8443/x\r\n" in told


def test_endless_headers_are_cut_off(port: int) -> None:
    assert exchange(port, b"GET / HTTP/1.1\r\nX: " + b"x" * 9000).startswith(b"HTTP/1.1 431 ")


def test_a_body_does_not_lose_the_refusal(port: int) -> None:
    told = exchange(port, b"POST /api/ HTTP/1.1\r\nContent-Length: 2000000\r\n\r\n" + b"x" * 500_000)

    assert b"https-required" in told


@pytest.mark.slow
def test_slow_visitors_are_sent_away_and_never_keep_others_out(port: int) -> None:
    waiting = []
    for _ in range(600):
        connection = socket.create_connection(("127.0.0.1", port), timeout=15)
        connection.sendall(b"GET / HT")
        waiting.append(connection)

    assert exchange(port, b"GET / HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 308 ")

    began = time.monotonic()
    assert all(_is_over(connection) for connection in waiting)
    assert time.monotonic() - began < 14
    for connection in waiting:
        connection.close()


def _is_over(connection: socket.socket) -> bool:
    """Wait until the other side closes."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_the_listener_is_small(launch: Callable[..., "subprocess.Popen[bytes]"]) -> None:
    found = free_port()
    process = launch("muniment.operations.redirect", "127.0.0.1", str(found), "8443", "localhost")
    assert wait_until(lambda: _connects(found))

    rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii")

    kilobytes = int(re.findall(r"^Pss: +(\d+) kB$", rollup, re.MULTILINE)[0])
    assert kilobytes < 15_000
