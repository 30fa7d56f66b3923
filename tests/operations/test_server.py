"""The web server: TLS 1.2 and 1.3 alone, limits before Django, and processes that come back."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from muniment.core import config
from muniment.core.config import Config
from tests.operations.conftest import is_alive, wait_until
from tests.operations.tls import VERSIONS, handshake, suites

MODULE = "tests.operations.tiny_portal"


@dataclass
class Portal:
    """A running web server with a few lines behind it."""

    present: Config
    process: "subprocess.Popen[bytes]"

    @property
    def authority(self) -> Path:
        return self.present.data / "tls" / "authority.pem"

    def connect(self, seconds: float = 20.0) -> ssl.SSLSocket:
        context = ssl.create_default_context(cafile=self.authority)
        plain = socket.create_connection(("127.0.0.1", self.present.https_port), timeout=seconds)
        return context.wrap_socket(plain, server_hostname="localhost")

    def ask(self, target: str = "/", *, body: bytes = b"", headers: str = "") -> tuple[int, str]:
        """Return status and the whole answer to a request; 0 where the server hung up while more was coming."""
        head = f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}"
        if body:
            head = head.replace("GET", "POST", 1) + f"Content-Length: {len(body)}\r\n"
        told = b""
        with self.connect() as connection, contextlib.suppress(ssl.SSLEOFError, ConnectionError):
            connection.sendall(f"{head}\r\n".encode() + body)
            while received := connection.recv(65536):
                told += received
        return int(told.split(b" ")[1]) if told else 0, told.decode()

    def answers(self) -> bool:
        try:
            return self.ask()[0] == 200
        except OSError:
            return False


@pytest.fixture
def portal(present: Config, launch: Callable[..., "subprocess.Popen[bytes]"]) -> Iterator[Portal]:
    """Give a running web server, started with an environment that tries to pass for headers."""
    environ = config.environment(present) | {"HTTP_X_FORGED": "1", "REMOTE_USER": "ada", "SMTP_PASSWORD": "secret"}
    found = Portal(present, launch(MODULE, **environ))
    assert wait_until(found.answers)
    yield found
    assert found.process.poll() is None


# -- TLS --------------------------------------------------------------------------------------------------------------


@pytest.mark.control("tls-versions", "forced-tls")
def test_tls_1_2_and_1_3_are_spoken_and_nothing_older(portal: Portal) -> None:
    spoken = {version for version in VERSIONS if handshake(portal.present.https_port, version)}

    assert spoken == {"TLSv1.2", "TLSv1.3"}


@pytest.mark.control("tls-versions")
def test_every_suite_spoken_has_forward_secrecy_and_authenticated_encryption(portal: Portal) -> None:
    older = [name for name, (version, _) in suites().items() if version != "TLSv1.3"]

    agreed = {name for name in older if handshake(portal.present.https_port, "TLSv1.2", suite=name)}

    assert agreed
    assert all(re.match(r"ECDHE-.*(GCM-SHA(256|384)|CHACHA20-POLY1305)$", name) for name in agreed)


def test_the_probe_can_speak_what_the_server_refuses(folder: Path) -> None:
    """A refusal proves something only if the same probe agrees with a server that does not refuse."""
    key = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "1"]
    subprocess.run([*key, "-keyout", folder / "k", "-out", folder / "c"], check=True, capture_output=True)
    command = ["openssl", "s_server", "-quiet", "-key", str(folder / "k"), "-cert", str(folder / "c"), "-accept"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = subprocess.Popen(
        [*command, str(port), "-cipher", "ALL:@SECLEVEL=0"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert wait_until(lambda: handshake(port, "TLSv1.2") is not None)
        assert handshake(port, "TLSv1.1") is not None
        assert handshake(port, "TLSv1") is not None
        assert handshake(port, "TLSv1.2", suite="AES128-SHA") == "AES128-SHA"
    finally:
        server.kill()
        server.communicate()


def test_the_certificate_is_believed_by_who_trusts_the_authority(portal: Portal) -> None:
    assert handshake(portal.present.https_port, "TLSv1.3", authority=portal.authority)


def test_http_1_is_agreed_on_with_who_speaks_both(portal: Portal) -> None:
    context = ssl.create_default_context(cafile=portal.authority)
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection(("127.0.0.1", portal.present.https_port), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        assert connection.selected_alpn_protocol() == "http/1.1"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
@pytest.mark.parametrize("method", [[], ["--head"]])
def test_clients_of_either_version_take_every_answer(portal: Portal, version: str, method: list[str]) -> None:
    command = ["curl", "--silent", "--show-error", "--fail", version, *method, "--cacert", str(portal.authority)]
    address = f"https://localhost:{portal.present.https_port}/cookie"
    done = subprocess.run([*command, "--include", address], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "set-cookie: a=b" in done.stdout.lower()
    assert done.stdout.endswith("hello") is (method == [])


def test_plain_http_on_the_https_port_gets_nothing(portal: Portal) -> None:
    with socket.create_connection(("127.0.0.1", portal.present.https_port), timeout=20) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        told = connection.recv(4096)

    assert b"HTTP" not in told


# -- limits -----------------------------------------------------------------------------------------------------------


@pytest.mark.control("server-validation")
def test_long_addresses_and_headers_are_refused_with_the_portals_headers(portal: Portal) -> None:
    address = portal.ask("/" + "x" * 9000)
    one = portal.ask(headers=f"X: {'x' * 40_000}\r\n")
    many = portal.ask(headers="".join(f"X-{number}: 1\r\n" for number in range(99)))
    huge = portal.ask(headers=f"X: {'x' * 600_000}\r\n")

    assert (address[0], one[0]) == (414, 431)
    assert huge[0] in {431, 0}, "refused, or cut off in the middle"
    assert many[0] in {200, 431}
    assert "x-refused: early" in one[1].lower()
    assert json.loads(one[1].partition("\r\n\r\n")[2])["code"] == "headers-too-long"
    assert portal.answers()


def test_bodies_sent_drop_by_drop_leave_the_pages_open(portal: Portal) -> None:
    slow = []
    for _ in range(16):
        connection = portal.connect()
        connection.sendall(b"POST /receive HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx")
        slow.append(connection)
    time.sleep(0.5)

    began = time.monotonic()
    assert all(portal.ask()[0] == 200 for _ in range(10))
    assert time.monotonic() - began < 5

    refused = portal.ask("/receive", body=b"x")
    for connection in slow:
        connection.close()
    assert refused[0] == 503
    assert "retry-after" in refused[1].lower()
    assert wait_until(lambda: portal.ask("/receive", body=b"abc")[0] == 200)


@pytest.mark.slow
def test_headers_sent_drop_by_drop_are_cut_off(portal: Portal) -> None:
    with portal.connect(seconds=30) as connection:
        connection.sendall(b"GET / HT")
        began = time.monotonic()

        assert connection.recv(100) == b""

    assert time.monotonic() - began < 20


def test_abrupt_disconnects_leave_nothing_behind(portal: Portal) -> None:
    for _ in range(40):
        connection = portal.connect()
        connection.sendall(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n")
        connection.recv(1000)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        connection.close()

    assert wait_until(portal.answers)


def test_the_environment_of_the_server_is_not_part_of_a_request(portal: Portal) -> None:
    names = portal.ask("/environment")[1].split("\r\n\r\n")[1].split("\n")

    assert "HTTP_HOST" in names
    assert not {"HTTP_X_FORGED", "REMOTE_USER", "SMTP_PASSWORD"} & set(names)
    assert not [name for name in names if "MUNIMENT" in name]


# -- processes --------------------------------------------------------------------------------------------------------


def serving(portal: Portal) -> int:
    return int(portal.ask("/process")[1].split("\r\n\r\n")[1])


def children(process_id: int) -> set[int]:
    listed = subprocess.run(["pgrep", "-P", str(process_id)], capture_output=True, text=True, check=False).stdout
    return {int(line) for line in listed.split()}


def test_a_killed_web_process_is_replaced_while_the_other_answers(portal: Portal) -> None:
    before = children(portal.process.pid)
    assert len(before) == portal.present.web_workers

    os.kill(serving(portal), signal.SIGKILL)

    assert wait_until(lambda: len(children(portal.process.pid) - before) == 1)
    assert wait_until(portal.answers)


def test_web_processes_follow_a_killed_server(
    present: Config, launch: Callable[..., "subprocess.Popen[bytes]"]
) -> None:
    portal = Portal(present, launch(MODULE, **config.environment(present)))
    assert wait_until(portal.answers)
    workers = children(portal.process.pid)

    portal.process.kill()
    portal.process.wait()

    assert wait_until(lambda: not any(is_alive(worker) for worker in workers))


def test_a_running_request_may_end_when_the_server_is_told_to_stop(
    present: Config, launch: Callable[..., "subprocess.Popen[bytes]"]
) -> None:
    portal = Portal(present, launch(MODULE, **config.environment(present)))
    assert wait_until(portal.answers)
    with portal.connect() as connection:
        connection.sendall(b"GET /sleep HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(0.5)

        portal.process.terminate()

        assert b"hello" in connection.recv(4096) + connection.recv(4096)
    assert portal.process.wait(30) == 0


def test_the_log_of_the_server_is_json_that_only_its_owner_reads(portal: Portal) -> None:
    path = portal.present.logs / "web.log"

    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    assert {"event", "level", "logger", "timestamp"} <= set(lines[0])
    assert path.stat().st_mode & 0o077 == 0
