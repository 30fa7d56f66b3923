"""The plain HTTP port: sends people on to HTTPS and refuses programs, before they send a secret twice.

One small process without Django. It answers one request on a connection and closes it; nothing it is
sent is kept or logged. HSTS stays out: browsers must ignore it over HTTP.

Source: OWASP ASVS 5.0, 4.1.2 (redirect pages only) and 12.2.1.
"""

import json
import selectors
import signal
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import FrameType

HEADER_BYTES = 8 * 1024
SECONDS = 10.0  # for a whole connection, from first byte to last
CONNECTIONS = 512
BACKLOG = 128
PROGRAM_PATHS = ("/api/", "/uploads/", "/files/")
PROGRAM_HEADERS = ("authorization", "tus-resumable", "upload-offset", "upload-length", "x-requested-with")
REFUSED = {
    "type": "about:blank",
    "title": "HTTPS is required",
    "status": 400,
    "code": "https-required",
    "detail": "This port only sends people on to HTTPS. Change the address of your program, and change any password "
    "or token it sent here: it travelled in the clear.",
}


@dataclass(frozen=True)
class Destination:
    """Where people are sent: one of the portal's names, and the port of its HTTPS."""

    hosts: tuple[str, ...]
    port: int

    def address(self, host: str) -> str:
        """Return the address of the portal, under the name `host` if that is one of its own."""
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
        name = name.strip("[]").lower()
        if name not in self.hosts:
            name = self.hosts[0]
        shown = f"[{name}]" if ":" in name else name
        return f"https://{shown}" if self.port == 443 else f"https://{shown}:{self.port}"  # noqa: PLR2004 (HTTPS's own)


def answer(request: bytes, destination: Destination) -> bytes:
    """Return the whole answer to a request's head, which ends with an empty line."""
    try:
        first, *rest = request.decode("ascii").rstrip("\r\n").split("\r\n")
        method, target, version = first.split(" ")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    except ValueError:  # of the decoding as well
        return _reply("400 Bad Request", b"", "text/plain")
    if not version.startswith("HTTP/1."):
        return _reply("505 HTTP Version Not Supported", b"", "text/plain")
    if target.startswith("http://"):  # as proxies write it
        target = "/" + target.removeprefix("http://").partition("/")[2]
    if not target.startswith("/") or not target.isprintable():
        return _reply("400 Bad Request", b"", "text/plain")
    if method not in {"GET", "HEAD"} or _is_program(target, headers):
        body = b"" if method == "HEAD" else json.dumps(REFUSED).encode()
        return _reply("400 Bad Request", body, "application/problem+json")
    location = destination.address(headers.get("host", "")) + target
    return _reply("308 Permanent Redirect", b"", "text/plain", f"Location: {location}\r\n")


def _is_program(target: str, headers: dict[str, str]) -> bool:
    """Tell whether this looks like a program's call: a redirect would hide that its secrets travel in the clear."""
    accepts = headers.get("accept", "")
    return (
        target.startswith(PROGRAM_PATHS)
        or any(name in headers for name in PROGRAM_HEADERS)
        or "json" in headers.get("content-type", "")
        or ("json" in accepts and "html" not in accepts)
    )


def _reply(status: str, body: bytes, kind: str, extra: str = "") -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{extra}"
        "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body


# -- connections ------------------------------------------------------------------------------------------------------


@dataclass
class _Connection:
    """One visitor: what has come in, what is still to go out, and until when."""

    socket: socket.socket
    deadline: float
    received: bytearray = field(default_factory=bytearray)
    unsent: bytes = b""
    answered: bool = False


class Listener:
    """Listens on one address until `stop`; holds at most 512 connections, the oldest of which gives way."""

    def __init__(self, address: str, port: int, destination: Destination) -> None:
        self._destination = destination
        self._open: dict[int, _Connection] = {}  # oldest first
        self._selector = selectors.DefaultSelector()
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._server = socket.create_server((address, port), family=family, backlog=BACKLOG)
        self._server.setblocking(False)
        self._selector.register(self._server, selectors.EVENT_READ)
        self._stopped = False

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.getsockname()[1])

    def run(self) -> None:
        """Answer visitors until `stop`."""
        while not self._stopped:
            for key, events in self._selector.select(timeout=1.0):
                if key.fileobj is self._server:
                    self._accept()
                elif (connection := self._open.get(key.fd)) is not None:
                    self._serve(connection, events)
            now = time.monotonic()
            for connection in [late for late in self._open.values() if late.deadline < now]:
                self._close(connection)
        for connection in list(self._open.values()):
            self._close(connection)
        self._server.close()
        self._selector.close()

    def stop(self) -> None:
        """Have `run` return within a second; safe to call in a signal handler."""
        self._stopped = True

    def _accept(self) -> None:
        try:
            accepted, _ = self._server.accept()
        except OSError:
            return
        if len(self._open) >= CONNECTIONS:
            self._close(next(iter(self._open.values())))
        accepted.setblocking(False)
        self._open[accepted.fileno()] = _Connection(accepted, time.monotonic() + SECONDS)
        self._selector.register(accepted, selectors.EVENT_READ)

    def _serve(self, connection: _Connection, events: int) -> None:
        try:
            if events & selectors.EVENT_WRITE:
                self._send(connection)
            else:
                self._receive(connection)
        except OSError:
            self._close(connection)

    def _receive(self, connection: _Connection) -> None:
        received = connection.socket.recv(HEADER_BYTES)
        if not received:
            self._close(connection)
            return
        if connection.answered:
            return
        connection.received += received
        head, end, _ = connection.received.partition(b"\r\n\r\n")
        if len(head) > HEADER_BYTES:
            connection.unsent = _reply("431 Request Header Fields Too Large", b"", "text/plain")
        elif end:
            connection.unsent = answer(bytes(head), self._destination)
        else:
            return
        self._selector.modify(connection.socket, selectors.EVENT_WRITE)

    def _send(self, connection: _Connection) -> None:
        if connection.unsent:
            connection.unsent = connection.unsent[connection.socket.send(connection.unsent) :]
            if not connection.unsent:
                # closing with unread bytes would reset the connection and lose the answer: wait for the other side
                connection.socket.shutdown(socket.SHUT_WR)
                connection.answered = True
                self._selector.modify(connection.socket, selectors.EVENT_READ)

    def _close(self, connection: _Connection) -> None:
        self._open.pop(connection.socket.fileno(), None)
        self._selector.unregister(connection.socket)
        connection.socket.close()


def main(arguments: Sequence[str]) -> None:
    """Listen as `ADDRESS PORT HTTPS_PORT HOST...` says; the supervisor calls this as a program."""
    address, port, https_port, *hosts = arguments
    listener = Listener(address, int(port), Destination(tuple(host.lower() for host in hosts), int(https_port)))

    def stop(_number: int, _frame: FrameType | None) -> None:
        listener.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    listener.run()


if __name__ == "__main__":
    main(sys.argv[1:])
