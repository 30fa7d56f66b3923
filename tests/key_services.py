"""Key services for tests: AWS KMS by moto's server, the transit engine by a small fake of our own.

The fake is written here from the published HTTP interface of Vault and OpenBao: it really encrypts, keeps
versions, checks associated data, tokens and namespaces, and answers with the same statuses and shapes. It has no
policies, leases or seals, and nobody has compared it with a real server.
"""

import base64
import http.client
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TOKEN = "hvs.a-token-of-the-tests"
NONCE_BYTES = 12


@dataclass
class Behaviour:
    """How the fake misbehaves, if it does."""

    token: str = TOKEN
    wait_seconds: float = 0.0
    status: int = 0  # answered instead of the right one, with `body`
    body: bytes = b'{"errors":["made by the test"]}'
    change: Callable[[dict[str, Any]], dict[str, Any]] = lambda data: data  # changes what a good answer holds
    requests: list[str] = field(default_factory=list)


class Service:
    """Something that listens on a port of this machine, always the same one, and can go and come back."""

    handler: ClassVar[type[BaseHTTPRequestHandler]]

    def __init__(self) -> None:
        self.behaviour = Behaviour()
        self._server: ThreadingHTTPServer | None = None
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        handler = type("Handler", (self.handler,), {"service": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), handler)
        self._server.daemon_threads = True
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class _Handler(BaseHTTPRequestHandler):
    """Misbehaves as its service was told to, and answers otherwise."""

    service: ClassVar[Any]
    protocol_version = "HTTP/1.0"  # a connection for each request: who stops is gone for everybody

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def respond(self, body: bytes) -> tuple[int, bytes]:
        """Return status and content."""
        raise NotImplementedError

    def _serve(self, body: bytes) -> None:
        behaviour = self.service.behaviour
        behaviour.requests.append(f"{self.command} {self.path} {self.headers.get('X-Amz-Target', '')}".strip())
        if behaviour.wait_seconds:
            time.sleep(behaviour.wait_seconds)
        status, content = (behaviour.status, behaviour.body) if behaviour.status else self.respond(body)
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            self.close_connection = True  # whoever asked has given up

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _TransitHandler(_Handler):
    def respond(self, body: bytes) -> tuple[int, bytes]:
        behaviour = self.service.behaviour
        if self.headers.get("X-Vault-Token") != behaviour.token:
            return 403, b'{"errors":["permission denied"]}'
        status, document = self.service.answer(self.command, self.path, json.loads(body or b"{}"))
        if "data" in document:
            document["data"] = behaviour.change(document["data"])
        return status, b"" if status == 204 else json.dumps(document).encode()


class _PassingHandler(_Handler):
    def respond(self, body: bytes) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self.service.behind, timeout=30)
        connection.request(self.command, self.path, body, dict(self.headers))
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        if answer.status == 200 and content:
            content = json.dumps(self.service.behaviour.change(json.loads(content))).encode()
        return answer.status, content


class WayToKms(Service):
    """Passes requests on to moto's KMS, and misbehaves where moto cannot."""

    handler = _PassingHandler

    def __init__(self, behind: str) -> None:
        super().__init__()
        self.behind = behind.removeprefix("http://")


class TransitServer(Service):
    """A transit engine at `transit/` with any number of keys."""

    handler = _TransitHandler

    def __init__(self) -> None:
        super().__init__()
        self.keys: dict[str, list[bytes]] = {}
        self.types: dict[str, str] = {}
        self.minimum: dict[str, int] = {}

    def make_key(self, name: str, kind: str = "aes256-gcm96") -> None:
        self.keys[name] = [os.urandom(32)]
        self.types[name] = kind

    def answer(self, method: str, path: str, body: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Return status and document for a request whose token was right."""
        parts = path.removeprefix("/v1/").split("/")
        if len(parts) < 3 or parts[0] != "transit":
            return 404, {"errors": ["no handler for route"]}
        verb, name, tail = parts[1], parts[2], parts[3:]
        if name not in self.keys:
            return (404, {"errors": []}) if verb == "keys" else (400, {"errors": ["encryption key not found"]})
        if (method, verb, tail) == ("GET", "keys", []):
            return 200, {"data": self._described(name)}
        if (method, verb, tail) == ("POST", "keys", ["rotate"]):
            self.keys[name].append(os.urandom(32))
            return 204, {}
        if (method, tail) == ("POST", []) and verb in {"encrypt", "decrypt"}:
            return (self._encrypt if verb == "encrypt" else self._decrypt)(name, body)
        return 405, {"errors": ["unsupported operation"]}

    def _described(self, name: str) -> dict[str, Any]:
        versions = {str(number + 1): 1_790_000_000 + number for number in range(len(self.keys[name]))}
        return {
            "name": name,
            "type": self.types[name],
            "keys": versions,
            "latest_version": len(versions),
            "derived": False,
            "exportable": False,
            "min_decryption_version": self.minimum.get(name, 1),
        }

    def _encrypt(self, name: str, body: dict[str, str]) -> tuple[int, dict[str, Any]]:
        version, nonce = len(self.keys[name]), os.urandom(NONCE_BYTES)
        plain, data = base64.b64decode(body["plaintext"]), base64.b64decode(body.get("associated_data", ""))
        sealed = nonce + AESGCM(self.keys[name][-1]).encrypt(nonce, plain, data)
        text = f"vault:v{version}:{base64.b64encode(sealed).decode()}"
        return 200, {"data": {"ciphertext": text, "key_version": version}}

    def _decrypt(self, name: str, body: dict[str, str]) -> tuple[int, dict[str, Any]]:
        try:
            _, version, text = body["ciphertext"].split(":")
            number, sealed = int(version.removeprefix("v")), base64.b64decode(text, validate=True)
            data = base64.b64decode(body.get("associated_data", ""))
        except ValueError:
            return 400, {"errors": ["invalid ciphertext: could not decode base64"]}
        if number > len(self.keys[name]):
            return 400, {"errors": ["invalid ciphertext: version is too new"]}
        if number < self.minimum.get(name, 1):
            return 400, {"errors": ["ciphertext or signature version is disallowed by policy (too old)"]}
        try:
            plain = AESGCM(self.keys[name][number - 1]).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], data)
        except InvalidTag:
            return 400, {"errors": ["cipher: message authentication failed"]}
        return 200, {"data": {"plaintext": base64.b64encode(plain).decode()}}


@contextmanager
def transit() -> Iterator[TransitServer]:
    """A transit engine with the key `muniment`."""
    server = TransitServer()
    server.make_key("muniment")
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def kms() -> Iterator[str]:
    """The address of moto's AWS over HTTP, which keeps its keys until the process ends."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()
