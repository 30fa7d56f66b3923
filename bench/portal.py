"""A portal started as its users start it, and people who sign in to it by its pages."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyotp
import requests

from bench import process_tree

START_SECONDS = 90.0
STOP_SECONDS = 40.0
FILL_SECONDS = 120.0
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
CLIENT = re.compile(r'href="/([\w-]{22})/documents/')
TOKEN = re.compile(r'data-csrf="([^"]+)"')


@dataclass(frozen=True)
class Address:
    """Where a server listens on this machine, and the authority that vouches for it."""

    port: int
    authority: Path

    def context(self) -> ssl.SSLContext:
        """Return what checks the server's certificate and speaks TLS 1.3 alone."""
        context = ssl.create_default_context(cafile=str(self.authority))
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        return context

    def connect(self, timeout_seconds: float = 60.0) -> http.client.HTTPSConnection:
        """Return an open connection."""
        connection = http.client.HTTPSConnection(
            "localhost", self.port, context=self.context(), timeout=timeout_seconds
        )
        connection.connect()
        return connection


@dataclass(frozen=True)
class Visitor:
    """Somebody signed in: the headers of their requests, the client they belong to, and how long sign-in took."""

    headers: Mapping[str, str]
    client: str
    seconds: float

    @property
    def documents(self) -> str:
        """The path of the client's documents."""
        return f"/{self.client}/documents/"


class Portal:
    """One `muniment up`, with its data in a directory of its own."""

    def __init__(self, data: Path, *, demo: bool = True, settings: Mapping[str, str] | None = None) -> None:
        self.data = data
        self.port, self._plain_port = free_ports(2)
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("MUNIMENT_")},
            "MUNIMENT_HTTPS_PORT": str(self.port),
            "MUNIMENT_HTTP_PORT": str(self._plain_port),
            **(settings or {}),
        }
        program = Path(sys.executable).with_name("muniment")
        self._command = [str(program), "up", *(["--demo"] if demo else []), "--data", str(data)]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> Address:
        """Where it answers."""
        return Address(self.port, self.data / "tls" / "authority.pem")

    @property
    def process_id(self) -> int:
        """The supervisor's process id."""
        if self._process is None:
            raise LookupError("the portal was not started")
        return self._process.pid

    def start(self) -> float:
        """Start it and return the seconds until the first page was there."""
        begun = time.monotonic()
        with (self.data.parent / f"{self.data.name}.log").open("wb") as output:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )
        while time.monotonic() - begun < START_SECONDS:
            if self._process.poll() is not None:
                break
            if self._answers():
                return time.monotonic() - begun
            time.sleep(0.02)
        self.stop()
        raise TimeoutError(f"no page came; see {output.name}")

    def wait_until_filled(self) -> None:
        """Wait until the demo's people and papers are laid and all is quiet."""
        deadline = time.monotonic() + FILL_SECONDS
        while time.monotonic() < deadline and not self._is_filled():
            time.sleep(0.2)
        process_tree.settle(self.process_id)

    def stop(self) -> None:
        """Stop it as Ctrl-C does, and harder where that does not help."""
        if self._process is None:
            return
        for number, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, 5.0)):
            if self._process.poll() is not None:
                break
            self._process.send_signal(number)
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
        self._process = None

    def people(self) -> dict[str, dict[str, str]]:
        """Return what the demo's people need to sign in, by the first part of their address."""
        kept: list[dict[str, str]] = json.loads((self.data / "demo.json").read_text(encoding="utf-8"))
        return {one["email"].partition("@")[0]: one for one in kept}

    def sign_in(self, name: str) -> Visitor:
        """Sign somebody in with password and second factor; once in 30 seconds each, because codes are good for one."""
        person = self.people()[name]
        browser = requests.Session()
        browser.verify = str(self.address.authority)
        browser.trust_env = False
        top = f"https://localhost:{self.port}"
        browser.headers.update({"Origin": top, "User-Agent": "bench"})
        form = _hidden(browser.get(f"{top}/sign-in/"))
        begun = time.monotonic()
        answer = browser.post(f"{top}/sign-in/", {**form, "login": person["email"], "password": person["password"]})
        code = pyotp.TOTP(person["secret"]).now()
        home = browser.post(answer.url, {**_hidden(answer), "code": code})
        seconds = time.monotonic() - begun
        found = CLIENT.search(home.text)
        if home.status_code != requests.codes.ok or "/sign-in/" in home.url:
            raise PermissionError(f"{name} could not sign in: {home.status_code} at {home.url}")
        client = found[1] if found else ""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies)
        headers = {"Cookie": cookies, "Origin": top, "User-Agent": "bench"}
        return Visitor(headers, client, seconds)

    def with_token(self, visitor: Visitor) -> Visitor:
        """Return the visitor with the token that changing requests carry."""
        page = self.get(visitor, visitor.documents)
        found = TOKEN.search(page)
        if found is None:
            raise LookupError("the page of the documents offers no upload")
        return Visitor({**visitor.headers, "X-CSRFToken": found[1]}, visitor.client, visitor.seconds)

    def get(self, visitor: Visitor, path: str) -> str:
        """Return a page."""
        connection = self.address.connect()
        try:
            return fetch(connection, path, visitor.headers).decode()
        finally:
            connection.close()

    def _is_filled(self) -> bool:
        lines = [process_tree.command_line(member) for member in process_tree.descendants(self.process_id)]
        return (self.data / "demo.json").exists() and not any("first_start" in x or "demo.fill" in x for x in lines)

    def _answers(self) -> bool:
        try:
            connection = self.address.connect(5.0)
        except OSError:
            return False
        try:
            fetch(connection, "/sign-in/", {})
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return True


def fetch(connection: http.client.HTTPSConnection, path: str, headers: Mapping[str, str]) -> bytes:
    """Return the body of a page.

    Raises:
        http.client.HTTPException: the answer is not 200.
    """
    connection.request("GET", path, headers=dict(headers))
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != http.client.OK:
        raise http.client.HTTPException(f"{answer.status} for {path}")
    return body


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a directory that system users may pass through, and remove it with all in it."""
    path = Path(tempfile.mkdtemp(prefix="mun-bench-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def free_ports(count: int) -> list[int]:
    """Return ports of this machine that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _hidden(answer: Any) -> dict[str, str]:
    """Return the hidden fields of a page's forms."""
    return dict(HIDDEN.findall(answer.text))
