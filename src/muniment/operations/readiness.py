"""Asks whether a server is up, with nothing but a socket: the supervisor stays small."""

import hashlib
import socket
import ssl
import struct
from pathlib import Path

PROTOCOL = 196608  # 3.0
AUTHENTICATED = b"R"
SECONDS = 2.0


def database_answers(path: Path, user: str) -> bool:
    """Tell whether the PostgreSQL behind the socket at `path` lets `user` in.

    Source: PostgreSQL documentation, "Message Formats", StartupMessage and Terminate.
    """
    body = struct.pack("!i", PROTOCOL) + b"user\x00" + user.encode() + b"\x00database\x00postgres\x00\x00"
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(SECONDS)
            connection.connect(str(path))
            connection.sendall(struct.pack("!i", len(body) + 4) + body)
            answer = connection.recv(1)
            if answer == AUTHENTICATED:
                connection.sendall(b"X" + struct.pack("!i", 4))
            return answer == AUTHENTICATED
    except OSError:
        return False


def page_answers(address: str, port: int, *, host: str, fingerprint: str) -> bool:
    """Tell whether the HTTPS server with this certificate (SHA-256) answers a request for `host` with less than a 500.

    The fingerprint stands for every other check: this asks whether our own child is up, and another
    program that took its port is not.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((address, port), timeout=SECONDS) as plain,
            context.wrap_socket(plain) as connection,
        ):
            shown = hashlib.sha256(connection.getpeercert(binary_form=True) or b"").hexdigest()
            if shown != fingerprint.replace(":", "").lower():
                return False
            connection.settimeout(30)  # the first page loads templates
            connection.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            status_line = connection.recv(64)
    except OSError:
        return False
    return status_line.startswith(b"HTTP/1.1 ") and status_line[9:10] in {b"2", b"3", b"4"}


def is_port_free(address: str, port: int) -> bool:
    """Tell whether nobody listens on the port.

    Asked without SO_REUSEPORT, with which a second portal could share the port and take half of the visitors.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True
