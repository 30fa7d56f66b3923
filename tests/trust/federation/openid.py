"""An OpenID provider on this machine: it answers over TLS, checks PKCE and our secret, and lies on demand."""

import base64
import hashlib
import json
import secrets
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from muniment.core import clock
from muniment.core.config import Config
from muniment.operations import certificates

CLIENT_ID, SECRET = "portal", "a secret, with: signs & spaces"
Claims = dict[str, Any]
Sign = Callable[["OpenIdProvider", Claims], str]


def signed(provider: "OpenIdProvider", claims: Claims) -> str:
    """Return a token as an honest provider signs it."""
    return jwt.encode(claims, provider.key, algorithm="RS256", headers={"kid": "one"})


@dataclass
class OpenIdProvider:
    """What it knows: its key, the codes it gave away, and how it lies."""

    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    port: int = 0
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    person: Claims = field(default_factory=dict)
    sign: Sign = signed
    without: tuple[str, ...] = ()
    document: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    redirect_to: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    only_keys: list[dict[str, Any]] | None = None

    @property
    def issuer(self) -> str:
        return f"https://localhost:{self.port}"

    def says(self, **person: Any) -> None:
        """Say who signs in from now on."""
        self.person = {
            "sub": "sub-1",
            "email": "new@okoye.example",
            "email_verified": True,
            "name": "New Okoye",
            **person,
        }

    def authorise(self, address: str) -> dict[str, str]:
        """Do what a browser and a person do at the provider; return the parameters they come back with."""
        given = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_urlsafe(16)
        self.codes[code] = given
        return {"code": code, "state": given["state"], "iss": self.issuer}

    def claims(self, given: dict[str, str]) -> Claims:
        now = int(clock.now().timestamp())
        found = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": given.get("nonce", ""),
            **self.person,
        }
        return {name: value for name, value in found.items() if name not in self.without}

    def describe(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorise",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "authorization_response_iss_parameter_supported": True,
            **self.document,
        }

    def keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        own = [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]
        return {"keys": own if self.only_keys is None else self.only_keys}

    def redeem(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        given = self.codes.pop(form.get("code", ""), None)  # a code is good once
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        from urllib.parse import unquote

        name, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        known = (unquote(name), unquote(secret)) == (CLIENT_ID, SECRET)
        if given is None or not known or challenge != given["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"id_token": self.sign(self, self.claims(given)), "access_token": "at", "token_type": "Bearer"}


def _handler(provider: OpenIdProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.asked.append(self.path)
            if provider.redirect_to:
                self.send_response(302)
                self.send_header("Location", provider.redirect_to)
                self.end_headers()
                return
            if self.path in provider.files:
                self._send(200, provider.files[self.path], "text/plain")
                return
            pages: dict[str, Callable[[], dict[str, Any]]] = {
                "/.well-known/openid-configuration": provider.describe,
                "/keys": provider.keys,
                "/userinfo": lambda: provider.person,
            }
            page = pages.get(self.path)
            self._answer(200 if page else 404, page() if page else {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(*provider.redeem(form, self.headers.get("Authorization", "")))

        def _answer(self, status: int, content: dict[str, Any]) -> None:
            self._send(status, json.dumps(content).encode(), "application/json")

        def _send(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def tls_server(handler: type[BaseHTTPRequestHandler], folder: Path) -> Iterator[tuple[int, Path]]:
    """Serve over TLS on this machine; give the port, and the authority that proves it."""
    made = certificates.ensure(Config(data=folder))
    assert made.authority is not None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.server_port, made.authority
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def serving(folder: Path) -> Iterator[tuple[OpenIdProvider, Path]]:
    """Run a provider; give it, and the authority that proves it."""
    provider = OpenIdProvider()
    provider.says()
    with tls_server(_handler(provider), folder) as (port, authority):
        provider.port = port
        yield provider, authority
