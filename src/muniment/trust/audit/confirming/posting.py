"""Asks a machine of somebody else over HTTP: one address of the settings, one answer, and nothing followed."""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

SECONDS = 10.0  # for the whole of it, however slowly the answer drips
LARGEST_ANSWER = 128 * 1024


class Unreachable(Exception):
    """There was no answer, or none of an acceptable size."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    media_type: str
    body: bytes


def post(url: str, body: bytes, media_type: str) -> Answer:
    """Send `body` to `url`, which is https or of this machine, and return the answer, whatever its status.

    A redirect is an answer like any other: nobody else is asked.

    Raises:
        Unreachable: there was no answer within ten seconds, or it was too large.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(host, port, timeout=SECONDS, context=context)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    try:
        connection.connect()
        with _ending(connection):
            connection.request("POST", parts.path or "/", body, {"Content-Type": media_type})
            response = connection.getresponse()
            received = response.read(LARGEST_ANSWER + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(type(error).__name__) from error
    finally:
        connection.close()
    if len(received) > LARGEST_ANSWER:
        raise Unreachable("TooLarge")
    return Answer(response.status, response.headers.get_content_type(), received)


@contextmanager
def _ending(connection: http.client.HTTPConnection) -> Iterator[None]:
    """Cut the connection off after ten seconds: its own time-out begins anew with every byte."""

    def cut() -> None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(SECONDS, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
