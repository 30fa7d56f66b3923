"""Limits that hold before Django reads a request: sizes, and how many bodies arrive at the same time."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

Environ: TypeAlias = dict[str, Any]
StartResponse: TypeAlias = Callable[..., Any]
Application: TypeAlias = Callable[[Environ, StartResponse], Iterable[bytes]]

ADDRESS_BYTES = 8 * 1024
HEADER_BYTES = 32 * 1024
HEADERS = 100
RETRY_SECONDS = 5


class Limits:
    """Refuses what is too long, and keeps half of the threads free for requests without a body.

    A body sent drop by drop occupies a thread for as long as its sender likes: the server below has no
    time-out for bodies. So no more than `bodies` may be arriving at a time, a quarter of them from one
    address; pages still open, and an upload that is told to come back goes on where it was. The address
    is the one that the last of `proxies` trusted proxies saw.
    """

    def __init__(
        self, application: Application, *, bodies: int, proxies: int = 0, headers: Iterable[tuple[str, str]] = ()
    ) -> None:
        self._application = application
        self._bodies = bodies
        self._bodies_of_one = max(1, bodies // 4)
        self._proxies = proxies
        self._headers = list(headers)
        self._arriving: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, or hand it on."""

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            # Django puts a space before each cookie; HTTP/2 clients drop an answer with one (RFC 9113, section 8.2.1)
            return start_response(status, [(name, value.strip()) for name, value in headers], exc_info)

        answer = self._answer(environ, start)
        if environ.get("REQUEST_METHOD") != "HEAD":
            return answer
        # Django leaves it to the server to drop this body, and granian does not: HTTP/2 clients would hang up
        if hasattr(answer, "close"):
            answer.close()
        return []

    def _answer(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if len(environ.get("PATH_INFO", "")) + len(environ.get("QUERY_STRING", "")) > ADDRESS_BYTES:
            return self._refuse(start_response, 414, "address-too-long", "This address is too long.")
        sizes = [len(name) + len(value) for name, value in environ.items() if name.startswith("HTTP_")]
        if len(sizes) > HEADERS or sum(sizes) > HEADER_BYTES:
            return self._refuse(start_response, 431, "headers-too-long", "The headers of this request are too long.")
        if not _has_body(environ):
            return self._application(environ, start_response)
        source = _source(environ, self._proxies)
        if not self._begin(source):
            return self._refuse(
                start_response,
                503,
                "busy",
                "The portal is receiving as much as it can. Nothing was lost: try again in a moment.",
                ("Retry-After", str(RETRY_SECONDS)),
            )
        try:
            answer = self._application(environ, start_response)
        except BaseException:
            self._end(source)
            raise
        if isinstance(answer, list):
            self._end(source)
            return answer
        return _Releasing(answer, lambda: self._end(source))

    def _begin(self, source: str) -> bool:
        """Take a place for a body from `source`, if there is one."""
        with self._lock:
            if self._arriving.total() >= self._bodies or self._arriving[source] >= self._bodies_of_one:
                return False
            self._arriving[source] += 1
            return True

    def _end(self, source: str) -> None:
        """Give the place back."""
        with self._lock:
            self._arriving[source] -= 1
            if self._arriving[source] <= 0:
                del self._arriving[source]

    def _refuse(
        self, start_response: StartResponse, status: int, code: str, sentence: str, *headers: tuple[str, str]
    ) -> list[bytes]:
        """Answer with problem details and nothing else."""
        body = json.dumps({"type": "about:blank", "status": status, "code": code, "detail": sentence}).encode()
        start_response(
            f"{status} Refused",
            [
                ("Content-Type", "application/problem+json"),
                ("Content-Length", str(len(body))),
                ("Connection", "close"),
                *self._headers,
                *headers,
            ],
        )
        return [body]


class _Releasing:
    """An answer that gives its place back when the server closes it."""

    def __init__(self, answer: Iterable[bytes], release: Callable[[], None]) -> None:
        self._answer = answer
        self._release: Callable[[], None] | None = release

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._answer)

    def close(self) -> None:
        """Close the answer; the place is given back once, however often this is called."""
        try:
            if hasattr(self._answer, "close"):
                self._answer.close()
        finally:
            release, self._release = self._release, None
            if release is not None:
                release()


def _source(environ: Environ, proxies: int) -> str:
    """Return the address a request comes from: what the outermost trusted proxy saw, never what the sender claims."""
    seen = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if 0 < proxies <= len(seen):
        return str(seen[-proxies])
    return str(environ.get("REMOTE_ADDR", ""))


def _has_body(environ: Environ) -> bool:
    """Tell whether the request brings a body, or does not say how long it is."""
    length = environ.get("CONTENT_LENGTH") or "0"
    return length != "0" or "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
