"""A running portal, and people who sign in to it by its pages."""

import http.client
import json
import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyotp
import requests

from bench import process_tree

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


@dataclass(frozen=True)
class Portal:
    """A running demo: its data, its port, and the supervisor's process."""

    data: Path
    port: int
    process_id: int

    @property
    def address(self) -> Address:
        """Where it answers."""
        return Address(self.port, self.data / "tls" / "authority.pem")

    def wait_until_filled(self) -> None:
        """Wait until the demo's people and papers are laid and all is quiet."""
        deadline = time.monotonic() + FILL_SECONDS
        while time.monotonic() < deadline and not (self.data / "demo.filled").exists():
            time.sleep(0.2)
        process_tree.settle(self.process_id)

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
        begun = time.monotonic()
        form = _hidden(browser.get(f"{top}/sign-in/"))
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


def _hidden(answer: Any) -> dict[str, str]:
    """Return the hidden fields of a page's forms."""
    return dict(HIDDEN.findall(answer.text))
