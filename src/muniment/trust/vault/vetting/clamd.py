"""Ask ClamAV's daemon about a stream of bytes.

Source: clamd(8), commands INSTREAM and VERSION. clamd spools what it is sent to its own TemporaryDirectory, which
therefore has to lie in memory (tmpfs); docs/security.md says how.
"""

import re
import socket
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

CONNECT_SECONDS: Final = 5.0
SILENT_SECONDS: Final = 60.0
WHOLE_SECONDS: Final = 600.0
_PIECE: Final = 256 * 1024
# The test file in two parts, or scanners of the machine would take this program away. Source: eicar.org.
_EICAR_BEGIN: Final = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-"
_EICAR_END: Final = b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_ANSWER_BYTES_MOST: Final = 4096
_FOUND: Final = re.compile(r"stream: ([\x21-\x7e]{1,200})(?: FOUND)")


class ScannerDown(Exception):
    """The scanner gave no answer that can be relied on."""


class NotScanned(Exception):
    """The scanner did not look at all of it; `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Clamd:
    """A daemon at a local address: `unix:/path` or `tcp://127.0.0.1:3310`."""

    def __init__(self, address: str) -> None:
        self._address = address

    def version(self) -> str:
        """Return the name, version and signatures of the scanner, such as "ClamAV 1.4.3/27700".

        Raises:
            ScannerDown: it does not answer.
        """
        with self._connected() as connection:
            connection.sendall(b"zVERSION\0")
            answer = _answer(connection, time.monotonic() + CONNECT_SECONDS)
        if not answer.startswith("ClamAV"):
            raise ScannerDown
        return "/".join(answer.split("/")[:2])[:60]

    def finds_test_file(self) -> bool:
        """Return whether it finds the EICAR test file, which every scanner with signatures knows.

        Raises:
            ScannerDown: it does not answer.
        """
        try:
            return bool(self.scan([_EICAR_BEGIN, _EICAR_END]))
        except NotScanned:
            return False

    def scan(self, pieces: Iterable[bytes]) -> str:
        """Return the name of what was found in a stream, or nothing.

        Raises:
            ScannerDown: it did not answer, or died before it did.
            NotScanned: it is larger, or deeper, than the scanner looks.
        """
        deadline = time.monotonic() + WHOLE_SECONDS
        with self._connected() as connection:
            connection.settimeout(SILENT_SECONDS)
            with suppress(BrokenPipeError, ConnectionResetError):  # it may say why before it hangs up: read on
                connection.sendall(b"zINSTREAM\0")
                for piece in pieces:
                    for start in range(0, len(piece), _PIECE):
                        part = piece[start : start + _PIECE]
                        _send(connection, len(part).to_bytes(4, "big") + part, deadline)
                _send(connection, bytes(4), deadline)
            answer = _answer(connection, deadline)
        return _judged(answer)

    def _connected(self) -> socket.socket:
        try:
            if self._address.startswith("unix:"):
                connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                connection.settimeout(CONNECT_SECONDS)
                try:
                    connection.connect(self._address.removeprefix("unix:"))
                except BaseException:
                    connection.close()
                    raise
                return connection
            parts = urlsplit(self._address)
            return socket.create_connection((parts.hostname or "", parts.port or 3310), CONNECT_SECONDS)
        except OSError as error:
            raise ScannerDown from error


def _send(connection: socket.socket, data: bytes, deadline: float) -> None:
    if time.monotonic() > deadline:
        raise ScannerDown
    try:
        connection.sendall(data)
    except TimeoutError as error:
        raise ScannerDown from error


def _answer(connection: socket.socket, deadline: float) -> str:
    """Return one answer, which ends with a zero byte: half an answer is none."""
    kept = bytearray()
    try:
        while not kept.endswith(b"\0"):
            connection.settimeout(min(SILENT_SECONDS, max(deadline - time.monotonic(), 0.01)))
            part = connection.recv(1024)
            if not part or len(kept) > _ANSWER_BYTES_MOST:
                raise ScannerDown
            kept += part
    except OSError as error:
        raise ScannerDown from error
    return kept[:-1].decode("ascii", "replace")


def _judged(answer: str) -> str:
    if answer == "stream: OK":
        return ""
    if "size limit exceeded" in answer:
        raise NotScanned("too-large-to-scan")
    match = _FOUND.fullmatch(answer)
    if match is None:
        raise ScannerDown
    if match[1].startswith("Heuristics.Limits.Exceeded"):
        raise NotScanned("not-fully-scanned")
    if match[1].startswith("Heuristics.Encrypted"):
        raise NotScanned("encrypted")
    return match[1]
