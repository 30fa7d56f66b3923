"""The little of HTTP/1.1 that a witness needs: the head of a request read strictly, and an answer.

Source: RFC 9112, sections 2 to 6; what is doubtful there (RFC 9112, section 11.2) is refused here.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
TARGET = re.compile(r"/[!-~]*")
LENGTH = re.compile(r"[0-9]{1,10}")
HEAD_BYTES = 8 * 1024


class Refused(Exception):
    """A request that is not answered further: the connection ends with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True)
class Head:
    """What the first lines of a request say."""

    method: str
    path: str
    length: int
    keeps_alive: bool
    expects_continue: bool


def parse(raw: bytes) -> Head:
    """Return what the head of a request says; `raw` ends with the empty line.

    Raises:
        Refused: it is malformed, or of a sort that is not served here.
    """
    try:
        first, *lines = raw.decode("ascii").removesuffix("\r\n\r\n").split("\r\n")
        method, target, version = first.split(" ")
    except ValueError:  # of the decoding as well
        raise Refused(400) from None
    if version not in {"HTTP/1.1", "HTTP/1.0"}:
        raise Refused(505)
    if not TOKEN.fullmatch(method) or not TARGET.fullmatch(target):
        raise Refused(400)
    headers = _headers(lines)
    if "transfer-encoding" in headers:
        raise Refused(411)  # one way of saying where a body ends, or somebody else may see another end
    connection = headers.get("connection", "").lower()
    return Head(
        method=method,
        path=target.partition("?")[0],
        length=_length(headers),
        keeps_alive=version == "HTTP/1.1" and "close" not in connection,
        expects_continue=headers.get("expect", "").lower() == "100-continue",
    )


def _headers(lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not TOKEN.fullmatch(name) or any(sign < " " and sign != "\t" for sign in value):
            raise Refused(400)
        name = name.lower()
        if name in found and name in {"content-length", "host", "transfer-encoding"}:
            raise Refused(400)
        found[name] = value.strip(" \t")
    return found


def _length(headers: dict[str, str]) -> int:
    written = headers.get("content-length", "0")
    if not LENGTH.fullmatch(written):
        raise Refused(400)
    return int(written)


def reply(status: int, body: bytes, media_type: str, *, keeps_alive: bool) -> bytes:
    """Return a whole answer."""
    allowed = "Allow: POST\r\n" if status == HTTPStatus.METHOD_NOT_ALLOWED else ""
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: {media_type}\r\n"
        f"Content-Length: {len(body)}\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
        f"{allowed}Connection: {'keep-alive' if keeps_alive else 'close'}\r\n\r\n"
    )
    return head.encode("ascii") + body
