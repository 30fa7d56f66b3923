"""The web server of the product around an application of a few lines: what the server itself lets through."""

import os
import time
from collections.abc import Iterable, Iterator

from muniment.core import config
from muniment.operations import certificates, logs
from muniment.operations.limits import Environ, Limits, StartResponse
from muniment.operations.server import serve

HELLO = b"hello"


def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Answer by path: what a test wants to look at."""
    path = environ["PATH_INFO"]
    body = HELLO
    if path == "/environment":
        body = "\n".join(sorted(name for name in environ if name.isupper())).encode()
    elif path == "/process":
        body = str(os.getpid()).encode()
    elif path == "/receive":
        body = str(sum(len(part) for part in iter(lambda: environ["wsgi.input"].read(65536), b""))).encode()
    elif path == "/sleep":
        time.sleep(3)
    elif path == "/forwarded":
        body = str(environ.get("HTTP_X_FORWARDED_FOR", "") + environ.get("HTTP_FORWARDED", "")).encode()
    elif path == "/endless":
        start_response("200 OK", [("Content-Type", "application/octet-stream")])
        return _endless()
    headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))]
    if path == "/cookie":
        headers.append(("Set-Cookie", " a=b"))  # as Django writes it
    start_response("200 OK", headers)
    return [body]


def _endless() -> Iterator[bytes]:
    for _ in range(100_000):
        yield bytes(65536)


if __name__ == "__main__":
    present = config.current()
    certificates.ensure(present)
    logs.configure("web", present)
    serve(present, Limits(application, bodies=present.web_threads // 2, headers=[("X-Refused", "early")]))
