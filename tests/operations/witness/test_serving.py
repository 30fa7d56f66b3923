"""A witness as a program of its own over real sockets: without a portal, against slow, large and wild requests."""

import http.client
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from muniment.core.config import Config
from muniment.operations import certificates
from muniment.operations.witness import place
from tests.operations.conftest import ROOT
from tests.operations.witness.logs import Log, cosigned

Serve = Callable[..., "Running"]
EVERYWHERE = "0.0.0.0"  # noqa: S104 - this is what is tested


class Running:
    """A witness that listens, in a process of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        environ = {name: value for name, value in os.environ.items() if "MUNIMENT" not in name and "DJANGO" not in name}
        command = [sys.executable, "-m", "muniment.operations.command", "witness", "serve", "--port", "0"]
        self.process = subprocess.Popen(
            [*command, "--data", str(folder), *arguments],
            cwd=folder,
            env={**environ, "PYTHONPATH": str(ROOT / "src")},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip().removeprefix("Listening: ")
        self.port = int(self.address.rpartition(":")[2].partition("/")[0])

    def post(self, body: bytes, path: str = "/add-checkpoint", method: str = "POST") -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        connection.request(method, path, body)
        answer = connection.getresponse()
        told = answer.read().decode()
        connection.close()
        return answer.status, told

    def raw(self, sent: bytes, seconds: float = 15.0) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as connection:
            connection.sendall(sent)
            received = b""
            while more := connection.recv(4096):
                received += more
        return received


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "witness"


@pytest.fixture
def vkey(folder: Path) -> str:
    return place.make(folder, "witness.example.com", None).key.public.vkey


@pytest.fixture
def serve(folder: Path, vkey: str) -> Iterator[Serve]:
    started: list[Running] = []

    def start(*arguments: str) -> Running:
        started.append(Running(folder, *arguments))
        return started[-1]

    yield start
    for running in started:
        running.process.kill()
        running.process.communicate()


def know(folder: Path, log: Log) -> None:
    place.find(folder).state.add_key(log.key, log.origin)


@pytest.mark.control("audit-immutable")
def test_it_cosigns_on_a_machine_without_a_portal(folder: Path, vkey: str, serve: Serve):
    log = Log(9)
    know(folder, log)
    running = serve()

    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=15)
    answers = []
    for old, size in ((0, 4), (0, 9), (4, 9)):  # over one connection, as logs should
        connection.request("POST", "/add-checkpoint", log.submission(old, size))
        answer = connection.getresponse()
        answers.append((answer.status, answer.headers["Content-Type"], answer.read().decode()))
    connection.close()

    assert [status for status, _, _ in answers] == [200, 409, 200]
    assert answers[1][1:] == ("text/x.tlog.size", "4\n")
    cosigned(log.note(9), answers[2][2], vkey)
    assert sorted(path.name for path in folder.iterdir() if "sqlite3-" not in path.name) == [
        "state.sqlite3",
        "witness.key",
    ]


def test_a_log_may_be_added_while_it_listens(folder: Path, serve: Serve):
    log = Log(2)
    running = serve()

    before, _ = running.post(log.submission(0))
    know(folder, log)
    after, _ = running.post(log.submission(0))

    assert (before, after) == (404, 200)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /add-checkpoint HTTP/1.1\r\nHost: w\r\n\r\n", 405),
        (b"POST / HTTP/1.1\r\nHost: w\r\n\r\n", 404),
        (b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n", 413),
        (b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        (b"POST /add-checkpoint HTTP/1.1\r\nHost : w\r\n\r\n", 400),
        (b"POST /add-checkpoint HTTP/2.0\r\n\r\n", 505),
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400),
        (b"POST /add-checkpoint HTTP/1.1\r\nX: " + b"x" * 20_000 + b"\r\n\r\n", 431),
    ],
    ids=range(10),
)
def test_what_is_no_request_to_a_witness_gets_a_plain_no(serve: Serve, sent: bytes, status: int):
    told = serve().raw(sent)

    assert told.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"Connection: close" in told


@pytest.mark.slow
def test_slow_and_silent_senders_keep_nobody_out(folder: Path, serve: Serve):
    log = Log(2)
    know(folder, log)
    running = serve()
    slow = [socket.create_connection(("127.0.0.1", running.port)) for _ in range(300)]
    for number, connection in enumerate(slow[:-40]):
        connection.sendall(
            b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 500\r\n" + (b"\r\n" if number % 2 else b"")
        )
    begun = time.monotonic()

    status, _ = running.post(log.submission(0))

    took = time.monotonic() - begun
    slow[100].settimeout(15)
    try:
        ended = slow[100].recv(10)
    except ConnectionError:
        ended = b""
    assert status == 200
    assert took < 5
    assert ended == b""  # cut off after ten seconds, though it never said anything wrong
    assert time.monotonic() - begun < 14
    for connection in slow:
        connection.close()


@pytest.mark.control("audit-immutable")
def test_killed_at_any_moment_it_never_signs_a_fork(folder: Path, vkey: str, serve: Serve):
    """Kill -9 while requests run: whatever was sent out is continued by everything that is sent out later."""
    log, other = Log(400), Log(400)
    other = log.fork(0, *(f"other {number}" for number in range(400)))
    know(folder, log)
    got: list[tuple[int, str, str]] = []

    for _ in range(4):
        running = serve()
        gone = threading.Event()
        askers = [threading.Thread(target=_ask, args=(running, one, gone, got)) for one in (log, other, log)]
        for asker in askers:
            asker.start()
        time.sleep(0.4)
        running.process.kill()
        running.process.wait()
        gone.set()
        for asker in askers:
            asker.join()
    (head,) = place.find(folder).state.heads()

    assert got
    true = {log.note(size) for size in range(401)}
    assert len({note in true for _, note, _ in got}) == 1
    for _, note, line in got:
        cosigned(note, line, vkey)
    assert head.size >= max(size for size, _, _ in got)


def _ask(running: Running, log: Log, gone: threading.Event, got: list[tuple[int, str, str]]) -> None:
    old = 0
    while not gone.is_set() and old < 400:
        size = min(old + 1, 400)
        try:
            status, told = running.post(log.submission(old, size))
        except (OSError, http.client.HTTPException):
            return
        if status == 200:
            got.append((size, log.note(size), told))
            old = size
        elif status == 409:
            if int(told) == old:
                return  # the other history was first
            old = int(told)
        else:
            return


def test_over_tls_it_can_be_reached_from_the_network(folder: Path, serve: Serve, tmp_path: Path):
    made = certificates.ensure(Config(data=tmp_path))
    assert made.authority is not None
    log = Log(2)
    know(folder, log)
    running = serve("--bind", EVERYWHERE, "--tls-certificate", str(made.certificate), "--tls-key", str(made.key))

    trusted = ssl.create_default_context(cafile=str(made.authority))
    connection = http.client.HTTPSConnection("localhost", running.port, context=trusted, timeout=15)
    connection.request("POST", "/add-checkpoint", log.submission(0))
    status = connection.getresponse().status
    connection.close()

    assert running.address.startswith("https://")
    assert status == 200


def test_it_stops_when_it_is_told_to(serve: Serve):
    running = serve()
    with socket.create_connection(("127.0.0.1", running.port)):
        running.process.terminate()

        assert running.process.wait(10) == 0


def test_without_its_state_it_says_so_and_signs_nothing(folder: Path, serve: Serve):
    log = Log(2)
    know(folder, log)
    running = serve()
    (folder / "state.sqlite3").rename(folder / "elsewhere")

    status, told = running.post(log.submission(0))

    assert status == 503
    assert "Nothing was signed" in told
    assert not (folder / "state.sqlite3").exists()
