"""The shipped nginx configuration, with Debian's nginx and the product's own web server behind it."""

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
from tests.operations.conftest import ROOT, free_port, wait_until
from tests.operations.tls import VERSIONS, handshake, suites

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
SHIPPED = ROOT / "deploy" / "nginx" / "muniment.conf"

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")


@dataclass
class Front:
    """nginx with the shipped configuration in front of a portal."""

    folder: Path
    https_port: int
    http_port: int
    process_id: int

    def connect(self) -> ssl.SSLSocket:
        context = ssl.create_default_context(cafile=self.folder / "portal.pem")
        plain = socket.create_connection(("127.0.0.1", self.https_port), timeout=20)
        return context.wrap_socket(plain, server_hostname="portal.example.com")

    def ask(self, request: str, body: bytes = b"") -> str:
        with self.connect() as connection:
            connection.sendall(request.encode() + body)
            told = b""
            while received := connection.recv(65536):
                told += received
        return told.decode()


def adapted(folder: Path, present: Config, https_port: int, http_port: int) -> str:
    """Return the shipped file with the changes it tells operators to make, on ports for tests."""
    text = SHIPPED.read_text(encoding="utf-8")
    for old, new in (
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{https_port} ssl http2;"),
        ("    listen [::]:443 ssl http2;\n", ""),
        ("listen 80;", f"listen 127.0.0.1:{http_port};"),
        ("    listen [::]:80;\n", ""),
        ("127.0.0.1:8443", f"127.0.0.1:{present.https_port}"),
        ("/etc/nginx/muniment/authority.pem", str(present.data / "tls" / "authority.pem")),
        ("/etc/nginx/muniment/portal.pem", str(folder / "portal.pem")),
        ("/etc/nginx/muniment/portal.key", str(folder / "portal.key")),
        ("/var/log/nginx/muniment.log", str(folder / "access.log")),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def started(folder: Path, text: str, https_port: int, http_port: int) -> Front:
    (folder / "muniment.conf").write_text(text)
    temporary = "\n".join(
        f"{name}_temp_path {folder / name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"pid {folder}/nginx.pid; error_log {folder}/error.log info; worker_processes 1;\n"
        f"events {{ worker_connections 256; }}\nhttp {{ {temporary}\ninclude {folder}/muniment.conf; }}\n"
    )
    assert NGINX is not None
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "warn" not in checked.stderr
    subprocess.run(command, check=True, capture_output=True)
    assert wait_until(lambda: (folder / "nginx.pid").exists() and bool((folder / "nginx.pid").read_text().strip()))
    return Front(folder, https_port, http_port, int((folder / "nginx.pid").read_text()))


@pytest.fixture
def front(
    present: Config, folder: Path, launch: Callable[..., "subprocess.Popen[bytes]"]
) -> Iterator[Callable[..., Front]]:
    """Give a way to start nginx in front of a running portal; a change of the configuration may be asked for."""
    environ = config.environment(present) | {"MUNIMENT_TRUSTED_PROXIES": "1", "MUNIMENT_HOST": "portal.example.com"}
    launch("tests.operations.tiny_portal", **environ)
    running: list[Front] = []
    key = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=portal.example.com", "-addext", "subjectAltName=DNS:portal.example.com,DNS:localhost"]
    subprocess.run(
        [*key, *names, "-keyout", folder / "portal.key", "-out", folder / "portal.pem"], check=True, capture_output=True
    )
    assert wait_until((present.data / "tls" / "server.pem").exists)
    assert wait_until(lambda: handshake(present.https_port, "TLSv1.3") is not None)

    def start(change: Callable[[str], str] = str) -> Front:
        https_port, http_port = free_port(), free_port()
        found = started(folder, change(adapted(folder, present, https_port, http_port)), https_port, http_port)
        running.append(found)
        assert wait_until(lambda: handshake(https_port, "TLSv1.3") is not None)
        return found

    yield start
    for found in running:
        os.kill(found.process_id, signal.SIGTERM)
        assert wait_until(lambda: not (folder / "nginx.pid").exists())


def get(target: str = "/", headers: str = "") -> str:
    return f"GET {target} HTTP/1.1\r\nHost: portal.example.com\r\nConnection: close\r\n{headers}\r\n"


@pytest.mark.control("tls-256-e2e", "tls-versions")
def test_only_256_bit_suites_of_tls_1_2_and_1_3_are_spoken(front: Callable[..., Front]) -> None:
    port = front().https_port
    known = suites()

    spoken = {version for version in VERSIONS if handshake(port, version)}
    agreed = {
        name
        for name, (version, _) in known.items()
        if handshake(port, "TLSv1.3" if version == "TLSv1.3" else "TLSv1.2", suite=name)
    }

    assert spoken == {"TLSv1.2", "TLSv1.3"}
    assert {"TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"} <= agreed
    assert {known[name][1] for name in agreed} == {256}
    assert all(name.startswith(("TLS_", "ECDHE-")) for name in agreed)


@pytest.mark.control("tls-256-e2e")
def test_without_the_suites_of_tls_1_3_a_128_bit_one_would_be_spoken(front: Callable[..., Front]) -> None:
    """The line of the configuration that matters most is easy to lose, and nginx would not complain."""

    def lost(text: str) -> str:
        return re.sub(r"^    ssl_conf_command .*$", "", text, flags=re.MULTILINE)

    assert handshake(front(lost).https_port, "TLSv1.3", suite="TLS_AES_128_GCM_SHA256") == "TLS_AES_128_GCM_SHA256"


@pytest.mark.control("tls-256-e2e")
def test_nginx_talks_to_nobody_but_the_portal(front: Callable[..., Front], folder: Path) -> None:
    def another_authority(text: str) -> str:
        return re.sub(r"(proxy_ssl_trusted_certificate) .*;", rf"\1 {folder}/portal.pem;", text)

    told = front(another_authority).ask(get())

    assert told.startswith("HTTP/1.1 502 ")


def test_a_page_comes_through(front: Callable[..., Front]) -> None:
    told = front().ask(get())

    assert told.startswith("HTTP/1.1 200 ")
    assert told.endswith("hello")
    assert "nginx/" not in told


def test_the_address_a_visitor_claims_is_dropped(front: Callable[..., Front]) -> None:
    told = front().ask(get("/forwarded", "X-Forwarded-For: 203.0.113.9\r\nForwarded: for=203.0.113.9\r\n"))

    assert told.endswith("127.0.0.1")


def test_a_piece_of_an_upload_passes_through_without_touching_the_disk(front: Callable[..., Front]) -> None:
    found = front()
    body = os.urandom(8 * 2**20)
    head = get("/receive", f"Content-Length: {len(body)}\r\n").replace("GET", "POST")

    with found.connect() as connection:
        connection.sendall(head.encode() + body[: 4 * 2**20])
        time.sleep(0.5)
        assert not [path for path in (found.folder / "client_body").rglob("*") if path.is_file()]
        connection.sendall(body[4 * 2**20 :])
        told = connection.recv(4096)

    assert str(len(body)).encode() in told


def test_a_body_larger_than_any_piece_is_refused_by_nginx(front: Callable[..., Front]) -> None:
    told = front().ask(get().replace("GET", "POST").replace("\r\n\r\n", f"\r\nContent-Length: {2**30}\r\n\r\n"))

    assert told.startswith("HTTP/1.1 413 ")


@pytest.mark.control("http-redirect")
def test_plain_http_sends_people_on_and_refuses_programs(front: Callable[..., Front]) -> None:
    port = front().http_port

    def ask(request: str) -> str:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            connection.sendall(request.encode())
            told = b""
            while received := connection.recv(4096):
                told += received
        return told.decode()

    page = ask(get("/documents/?page=2"))
    assert page.startswith("HTTP/1.1 308 ")
    assert "Location: https://portal.example.com/documents/?page=2\r\n" in page
    for request in (get("/api/x"), get().replace("GET", "POST"), get("/uploads/x")):
        assert ask(request).startswith("HTTP/1.1 400 ")
