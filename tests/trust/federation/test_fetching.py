"""What somebody else named is fetched from public places alone, over TLS that proves who is there, with an end."""

import http.server
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from muniment.trust.federation import fetching, oidc
from muniment.trust.federation.errors import AddressForbidden, MetadataUnusable, ProviderUnreachable
from tests.trust.federation.openid import OpenIdProvider, tls_server

INSIDE = (
    "127.0.0.1",
    "127.1.2.3",
    "0.0.0.0",  # noqa: S104 - nothing is bound to it
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.8",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a01:203",
    "2002:7f00:1::",
    "2001:db8::1",
)


@pytest.mark.control("sso-providers")
@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_public(address: str):
    assert not fetching.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111"])
def test_an_address_outside_is(address: str):
    assert fetching.is_public(address)


@pytest.mark.control("sso-providers")
@pytest.mark.parametrize(
    "address",
    [
        "http://idp.example/x",
        "ftp://idp.example/",
        "file:///etc/passwd",
        "gopher://idp.example/",
        "https://",
        "https://user:password@idp.example/",
        "https://idp.example/#x",
        "https://idp.example:0/",
        "https://idp.example:99999/",
        "https://idp.example\\@evil.example/",
        "https://idp.example/a b",
        "https://idp.example/\nHost: evil.example",
        "https://idp.example/" + "x" * 3000,
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://169.254.169.254/latest/meta-data/",
    ],
)
def test_an_address_the_portal_does_not_go_to(address: str):
    with pytest.raises((AddressForbidden, ProviderUnreachable)) as refusal:
        fetching.fetch(address)

    assert not isinstance(refusal.value, ProviderUnreachable) or "0x" in address or address.endswith("2130706433/")


def test_a_name_of_which_one_address_is_inside_is_refused(monkeypatch: pytest.MonkeyPatch):
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: both)

    with pytest.raises(AddressForbidden):
        fetching.fetch("https://rebinding.example/")


@pytest.mark.control("sso-providers")
def test_a_name_is_looked_up_once_and_gone_to_where_it_was_looked_at(monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []
    connected: list[Any] = []

    def changing(host: str, port: int, **_more: Any) -> Any:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8" if len(asked) == 1 else "127.0.0.1", port))]

    def connect(target: Any, **_more: Any) -> Any:
        connected.append(target)
        raise OSError("no way out of here")

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(ProviderUnreachable):
        fetching.fetch("https://rebinding.example/")

    assert asked == ["rebinding.example"]
    assert connected == [("8.8.8.8", 443)]


def test_a_host_that_the_operator_named_is_gone_to(service: OpenIdProvider):
    assert fetching.fetch(f"{service.issuer}/keys").status == 200


def test_a_certificate_that_proves_nothing_is_refused(
    service: OpenIdProvider, settings: Callable[..., None], tmp_path: Path
):
    from muniment.core.config import Config
    from muniment.operations import certificates

    other = certificates.ensure(Config(data=tmp_path / "other")).authority
    settings(provider_authority=str(other))

    with pytest.raises(ProviderUnreachable):
        fetching.fetch(f"{service.issuer}/keys")


def test_a_redirect_is_not_followed(service: OpenIdProvider):
    service.redirect_to = "https://127.0.0.1/secret"

    with pytest.raises(ProviderUnreachable):
        fetching.fetch(f"{service.issuer}/keys")


class Flood(http.server.BaseHTTPRequestHandler):
    """Sends without end, or drips."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        drips = self.path == "/drip"
        try:
            while True:
                self.wfile.write(b"x" if drips else b"x" * 65536)
                if drips:
                    time.sleep(0.05)
        except OSError:
            return

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


def test_too_much_and_too_slow_have_an_end(
    settings: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(fetching, "SECONDS", 0.8)
    with tls_server(Flood, tmp_path) as (port, authority):
        settings(provider_hosts="localhost", provider_authority=str(authority))
        for path in ("flood", "drip"):
            begun = time.monotonic()
            with pytest.raises(ProviderUnreachable):
                fetching.fetch(f"https://localhost:{port}/{path}")
            assert time.monotonic() - begun < 5


@pytest.mark.parametrize("text", [b"[" * 40_000, b"[]", b"{", b"\xff"])
def test_what_is_no_document_is_refused(service: OpenIdProvider, text: bytes):
    service.files["/.well-known/openid-configuration"] = text

    with pytest.raises(ProviderUnreachable):
        oidc.discover(service.issuer)


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://elsewhere.example"},
        {"token_endpoint": "http://localhost/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_metadata_that_names_something_else_is_refused(service: OpenIdProvider, said: dict[str, Any]):
    service.document = said

    with pytest.raises((MetadataUnusable, AddressForbidden)):
        oidc.discover(service.issuer)
