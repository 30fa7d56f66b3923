"""The one way by which the portal fetches what somebody else named: addresses of providers, keys, metadata, proofs.

Whoever names an address could name one inside the firm's network. So: https alone, every address the name leads to
must be public (unless the operator named the host), the connection goes to the very address that was looked at, with
the certificate checked for the name, no redirect is followed, and size and time have an end.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from muniment.core import config
from muniment.trust.federation.errors import AddressForbidden, ProviderUnreachable

MOST_BYTES: Final = 512 * 1024
SECONDS: Final = 8.0
LONGEST_ADDRESS: Final = 2000
_PIECE: Final = 16 * 1024
_HTTPS: Final = 443
_OK: Final = 200
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_SPECIAL: Final = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24")))  # protocols and relays


@dataclass(frozen=True)
class Fetched:
    """An answer: its status and body."""

    status: int
    body: bytes


def fetch(
    address: str, *, body: bytes | None = None, headers: dict[str, str] | None = None, most_bytes: int = MOST_BYTES
) -> Fetched:
    """Return the answer of `address`, asked with GET, or POST where there is a `body`.

    Raises:
        AddressForbidden: the portal does not go there.
        ProviderUnreachable: no answer in time, no valid certificate, too much, or a redirect.
    """
    url = checked(address)
    until = time.monotonic() + SECONDS
    target = _look_up(url)
    try:
        with _connected(url, target, until) as secured, _ended_at(until, secured):
            answer = _ask(url, secured, body, headers or {})
            return Fetched(answer.status, _read(answer, until, most_bytes))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise ProviderUnreachable from error


def fetch_document(address: str) -> bytes:
    """Return the body of `address`, answered with 200.

    Raises:
        AddressForbidden, ProviderUnreachable: as `fetch`.
    """
    answer = fetch(address)
    if answer.status != _OK:
        raise ProviderUnreachable
    return answer.body


def checked(address: str) -> SplitResult:
    """Return the parts of an address that could be fetched: https, a host, no password and no fragment.

    Raises:
        AddressForbidden: it could not.
    """
    try:
        url = urlsplit(address)
        port = url.port
    except ValueError as error:
        raise AddressForbidden from error
    fits = url.scheme == "https" and url.hostname and not url.username and not url.password and not url.fragment
    printable = address.isascii() and address.isprintable() and " " not in address and "\\" not in address
    if not fits or not printable or port == 0 or len(address) > LONGEST_ADDRESS:
        raise AddressForbidden
    return url


def is_public(text: str) -> bool:
    """Return whether an IP address is one of the public network: not private, local, shared, special or mapped."""
    found = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None and not is_public(str(inner)):
            return False
    special = found.is_multicast or found.is_reserved or any(found in network for network in _SPECIAL)
    return found.is_global and not special


def _look_up(url: SplitResult) -> str:
    """Return the one address to connect to, after all of them were looked at: what is looked at is gone to."""
    host = url.hostname or ""
    try:
        found = socket.getaddrinfo(host, url.port or _HTTPS, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ProviderUnreachable from error
    addresses = [str(entry[4][0]) for entry in found]
    named = host.lower() in {name.lower() for name in config.current().provider_hosts or ()}
    if not named and not all(is_public(address) for address in addresses):
        raise AddressForbidden
    return addresses[0]


def _connected(url: SplitResult, target: str, until: float) -> ssl.SSLSocket:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    authority = config.current().provider_authority
    if authority is not None:
        context.load_verify_locations(authority)
    raw = socket.create_connection((target, url.port or _HTTPS), timeout=_left(until))
    try:
        return context.wrap_socket(raw, server_hostname=url.hostname)
    except BaseException:
        raw.close()
        raise


@contextmanager
def _ended_at(until: float, secured: ssl.SSLSocket) -> Iterator[None]:
    """Cut the connection when the time is over: a server that drips its bytes has no longer than any other."""
    timer = threading.Timer(_left(until), _cut, [secured])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(secured: ssl.SSLSocket) -> None:
    with suppress(OSError):  # it ended by itself at the same moment
        socket.socket.shutdown(secured, socket.SHUT_RDWR)


def _ask(
    url: SplitResult, secured: ssl.SSLSocket, body: bytes | None, headers: dict[str, str]
) -> http.client.HTTPResponse:
    host = url.hostname or ""
    connection = http.client.HTTPConnection(host, url.port or _HTTPS)
    connection.sock = secured
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    given = {"Accept": "application/json, application/samlmetadata+xml, text/plain", "Connection": "close", **headers}
    bracketed = f"[{host}]" if ":" in host else host
    given["Host"] = bracketed if url.port in {None, _HTTPS} else f"{bracketed}:{url.port}"
    connection.request("GET" if body is None else "POST", path, body=body, headers=given)
    return connection.getresponse()


def _read(answer: http.client.HTTPResponse, until: float, most_bytes: int) -> bytes:
    """Return the body, whole."""
    if answer.status // 100 == 3:  # noqa: PLR2004 - the class of redirects
        raise ProviderUnreachable
    pieces, size = [], 0
    while piece := answer.read1(_PIECE):
        size += len(piece)
        if size > most_bytes:
            raise ProviderUnreachable
        pieces.append(piece)
    _left(until)  # what was cut off is not whole
    if answer.length:
        raise http.client.IncompleteRead(b"")
    return b"".join(pieces)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("no answer in time")
    return left
