"""Asks a list of breached passwords that somebody keeps, by the first five characters of a hash (k-anonymity).

Whoever keeps it learns that some password begins with one of a million prefixes, and nothing else. It is asked by the
portal alone, at the address of the settings, and only about a whole password that is about to be kept. When it does
not answer, the bundled lists count alone, which the log of the portal and Health say.

Format: that of "Pwned Passwords": `GET <address><PREFIX>`, lines of `SUFFIX:COUNT`; a count of 0 is padding.
"""

import hashlib
import http.client
import socket
import ssl
import threading
import time
from collections import OrderedDict
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Final
from urllib.parse import urlsplit

import structlog
from django.core.cache import cache

from muniment.core import config

SECONDS: Final = 2.0  # for the whole of it, however slowly the answer drips
LARGEST_ANSWER: Final = 512 * 1024  # one prefix has about 40 KiB
PREFIX: Final = 5
DOWN: Final = "breached-passwords-down"
DOWN_SECONDS: Final = 86_400  # how long Health speaks of it, unless it answers again before
KEPT_SECONDS: Final = 60.0  # form and act ask about the same password in one request
PAUSE_SECONDS: Final = 30.0  # not asked again so soon after it was down
MOST_KEPT: Final = 64

log = structlog.get_logger("muniment.passwords")
_answers: OrderedDict[str, tuple[float, frozenset[str]]] = OrderedDict()
_lock = threading.Lock()
_silent_until = [0.0]


def is_breached(password: str) -> bool:
    """Return whether the range source knows a password; False where none is set, and where it does not answer."""
    url = config.current().breached_passwords_url
    if url is None:
        return False
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    try:
        return digest[PREFIX:] in _range(url, digest[:PREFIX])
    except _NoAnswerError as error:
        log.warning("passwords.range_source_down", reason=str(error), then="the bundled lists count alone")
        cache.set(DOWN, str(error), DOWN_SECONDS)
        return False


def why_down() -> str:
    """Return why the range source did not answer when it was last asked; empty when it did."""
    return str(cache.get(DOWN) or "")


class _NoAnswerError(Exception):
    """There was no answer that could be used; the text is the kind of failure."""


def _range(url: str, prefix: str) -> frozenset[str]:
    """Return the suffixes under a prefix, as just asked or as asked a moment ago."""
    now = time.monotonic()
    with _lock:
        kept = _answers.get(prefix)
        if kept is not None and kept[0] > now:
            return kept[1]
        if _silent_until[0] > now:
            raise _NoAnswerError("not asked again so soon")
    try:
        found = _suffixes(_ask(url, prefix))
    except _NoAnswerError:
        _silent_until[0] = time.monotonic() + PAUSE_SECONDS
        raise
    cache.delete(DOWN)
    with _lock:
        _answers[prefix] = (now + KEPT_SECONDS, found)
        while len(_answers) > MOST_KEPT:
            _answers.popitem(last=False)
    return found


def _ask(url: str, prefix: str) -> bytes:
    """Return the answer for a prefix. No redirect is followed, and certificates are verified."""
    parts = urlsplit(url)
    host, path = parts.hostname or "", parts.path.rstrip("/") + "/" + prefix
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(host, parts.port, timeout=SECONDS, context=context)
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=SECONDS)
    answers: SimpleQueue[bytes | str] = SimpleQueue()
    threading.Thread(target=_fetch, args=(connection, path, answers), daemon=True).start()
    try:
        # In a thread of its own: neither a slow name server nor an answer that drips keeps within a socket's time-out.
        answer = answers.get(timeout=SECONDS)
    except Empty as error:
        raise _NoAnswerError("too late") from error
    finally:
        with suppress(OSError, AttributeError):  # there may be no socket yet
            connection.sock.shutdown(socket.SHUT_RDWR)
        connection.close()
    if isinstance(answer, str):
        raise _NoAnswerError(answer)
    return answer


def _fetch(connection: http.client.HTTPConnection, path: str, answers: SimpleQueue[bytes | str]) -> None:
    """Put the body of the answer among `answers`, or the kind of failure."""
    try:
        connection.request("GET", path, headers={"Add-Padding": "true", "User-Agent": "portal"})
        response = connection.getresponse()
        body = response.read(LARGEST_ANSWER + 1)
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:  # the last: closed meanwhile
        answers.put(type(error).__name__)
        return
    if response.status != http.HTTPStatus.OK:
        answers.put(f"status {response.status}")
    else:
        answers.put(body if 0 < len(body) <= LARGEST_ANSWER else f"{len(body)} bytes")


def _suffixes(body: bytes) -> frozenset[str]:
    """Return the suffixes of an answer that stand for a password: what is only padding has a count of 0."""
    found = set()
    for line in body.decode("ascii", "replace").split():
        suffix, _, count = line.partition(":")
        if len(suffix) != 2 * hashlib.sha1(usedforsecurity=False).digest_size - PREFIX or not count.isdigit():
            raise _NoAnswerError("not a range of hashes")
        if int(count):
            found.add(suffix.upper())
    return frozenset(found)
