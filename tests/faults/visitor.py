"""Somebody in front of a portal, with nothing but sockets: what a browser or a program would send, and worse."""

import base64
import hashlib
import http.client
import json
import re
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyotp

from tests.faults.portal import Small

PART = "application/offset+octet-stream"
FORM = "application/x-www-form-urlencoded"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
MIB = 2**20


@dataclass(frozen=True)
class Answer:
    """Status, headers (names in small letters) and body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")

    @property
    def code(self) -> str:
        """The portal's own code for a refusal, from its problem details."""
        assert self.headers.get("content-type", "").startswith("application/problem+json"), (self.status, self.text)
        problem = json.loads(self.body)
        assert problem["status"] == self.status
        assert problem["detail"].endswith(".")
        return str(problem["code"])


class Visitor:
    """One browser at one portal."""

    def __init__(self, portal: Small) -> None:
        self.portal = portal
        self.cookies: dict[str, str] = {}
        self.client = ""
        self.token = ""
        self.top = f"https://localhost:{portal.present.https_port}"
        self._context = ssl.create_default_context(cafile=str(portal.present.data / "tls" / "authority.pem"))

    # -- requests -----------------------------------------------------------------------------------------------------

    def connect(self, seconds: float = 60.0) -> ssl.SSLSocket:
        """Return a bare connection."""
        plain = socket.create_connection(("127.0.0.1", self.portal.present.https_port), timeout=seconds)
        return self._context.wrap_socket(plain, server_hostname="localhost")

    def host_line(self) -> str:
        """Return the header that names the portal, for requests written by hand."""
        return f"Host: localhost:{self.portal.present.https_port}"

    def own_headers(self) -> dict[str, str]:
        """Return the headers that tell who this is."""
        found = {"Origin": self.top, "User-Agent": AGENT}
        if self.cookies:
            found["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.token:
            found["X-CSRFToken"] = self.token
        return found

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float = 60.0,
    ) -> Answer:
        """Send one request on a connection of its own and return the answer, redirects included."""
        connection = http.client.HTTPSConnection(
            "localhost", self.portal.present.https_port, context=self._context, timeout=seconds
        )
        try:
            connection.request(method, path, body=body, headers={**self.own_headers(), **(headers or {})})
            answer = connection.getresponse()
            told = answer.read()
        finally:
            connection.close()
        for line in answer.headers.get_all("set-cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name.strip()] = value
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, told)

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, fields: Mapping[str, Any], **headers: str) -> Answer:
        """Send a form as a page does."""
        data = urlencode({"csrfmiddlewaretoken": self.token, **fields}, doseq=True).encode()
        return self.ask("POST", path, data, {"Content-Type": FORM, **headers})

    def raw(self, data: bytes, seconds: float = 20.0) -> bytes:
        """Send bytes as they are, and return everything that comes back."""
        with self.connect(seconds) as connection:
            try:
                connection.sendall(data)
                return b"".join(iter(lambda: connection.recv(65536), b""))
            except (ConnectionError, ssl.SSLError):
                return b""

    def form_token(self, path: str) -> str:
        """Fetch a page and keep the token of its form."""
        page = self.get(path)
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert found, (path, page.status, page.text[:500])
        self.token = found[1]
        return page.text

    # -- coming in ----------------------------------------------------------------------------------------------------

    def sign_in(self, name: str, place: str) -> "Visitor":
        """Sign somebody of the cast in, with the second factor; codes are good for one use."""
        person = self.portal.people[name]
        self.form_token("/sign-in/")
        assert self.post("/sign-in/", {"login": person["email"], "password": person["password"]}).status == 302
        self.form_token("/sign-in/code/")
        answer = self.post("/sign-in/code/", {"code": pyotp.TOTP(person["secret"]).now()})
        assert answer.status == 302, answer.text
        self.client = self.portal.places[place]
        page = self.get("/account/")
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert found, page.text
        self.token = found[1]
        return self

    # -- documents ----------------------------------------------------------------------------------------------------

    def begin(self, name: str, size_bytes: int, **headers: str) -> Answer:
        """Begin an upload."""
        metadata = f"filename {base64.b64encode(name.encode()).decode()}"
        given = {"Tus-Resumable": "1.0.0", "Upload-Length": str(size_bytes), "Upload-Metadata": metadata}
        return self.ask("POST", f"/{self.client}/uploads/", b"", {**given, **headers})

    def place(self, name: str, size_bytes: int) -> str:
        """Begin an upload that must be taken, and return its path."""
        answer = self.begin(name, size_bytes)
        assert answer.status == 201, (answer.status, answer.text)
        return answer.headers["location"]

    def patch(self, place: str, offset: int, part: bytes, **headers: str) -> Answer:
        """Send a part of an upload."""
        given = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset), "Content-Type": PART}
        return self.ask("PATCH", place, part, {**given, **headers})

    def status(self, place: str) -> int:
        """Return what the portal says when it is asked for an upload."""
        return self._ask_for(place).status

    def offset(self, place: str) -> int:
        """Return how much of an upload the portal has."""
        answer = self._ask_for(place)
        assert answer.status == 200, answer.status
        return int(answer.headers["upload-offset"])

    def _ask_for(self, place: str) -> Answer:
        return self.ask("HEAD", place, headers={"Tus-Resumable": "1.0.0"})

    def upload(self, name: str, content: bytes, part_bytes: int = 8 * MIB) -> str:
        """Upload a document whole, and return its id."""
        before = set(self.find(name))  # a search is no comparison: other names may be found with it
        place = self.place(name, len(content))
        for start in range(0, len(content), part_bytes):
            answer = self.patch(place, start, content[start : start + part_bytes])
            assert answer.status == 204, (answer.status, answer.text)
        (found,) = set(self.find(name)) - before
        self.await_checked(found)
        return found

    def go_on(self, place: str, content: bytes, seconds: float, part_bytes: int = MIB) -> None:
        """Send what is missing of an upload, as a browser does: ask where to go on whenever something breaks."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                offset = self.offset(place)
                while offset < len(content):
                    part = content[offset : offset + part_bytes]
                    answer = self.patch(place, offset, part, **{"Upload-Checksum": checksum(part)})
                    if answer.status != 204:
                        break
                    offset = int(answer.headers["upload-offset"])
                if offset == len(content):
                    return
            except (OSError, http.client.HTTPException, AssertionError):
                pass  # the connection broke, or the portal said that it cannot now: ask again
            time.sleep(0.2)
        raise TimeoutError(f"{place} did not get further")

    def find(self, name: str) -> list[str]:
        """Return the ids of the documents whose names hold `name`, from the page of the search."""
        page = self.get(f"/{self.client}/documents/search/?{urlencode({'text': name})}")
        assert page.status == 200, page.text
        found = re.findall(rf'href="/{self.client}/documents/([\w-]{{22}})/"', page.text)
        return list(dict.fromkeys(found))

    def await_checked(self, document: str, seconds: float = 90.0) -> None:
        """Look at the page of a document until it does not say any more that it is being checked."""
        deadline = time.monotonic() + seconds
        while "Being checked" in self.get(f"/{self.client}/documents/{document}/").text:
            if time.monotonic() > deadline:
                raise TimeoutError("the document was not checked")
            time.sleep(0.2)

    def download(self, document: str) -> bytes:
        """Return the bytes of a document, once it was checked."""
        self.await_checked(document)
        answer = self.get(f"/{self.client}/documents/{document}/download/")
        assert answer.status == 200, (answer.status, answer.text)
        return answer.body


def checksum(part: bytes) -> str:
    """Return the header that lets the portal check a part."""
    return f"sha256 {base64.b64encode(hashlib.sha256(part).digest()).decode()}"


def noise(size_bytes: int, seed: str) -> bytes:
    """Return bytes that no two seeds share."""
    return hashlib.shake_256(seed.encode()).digest(size_bytes)


def store_files(folder: Path) -> set[Path]:
    """Return every file of a store."""
    return {path for path in folder.rglob("*") if path.is_file()}
