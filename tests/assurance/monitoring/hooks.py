"""A program of the operator's own that is told of alarms: it keeps what comes, and refuses for a while if asked to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar


@dataclass
class Hook:
    """What came: headers in small letters, and bodies. `refusals` is how many times it still answers 503."""

    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    refusals: int = 0
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/alarms"

    def told(self) -> set[tuple[str, str]]:
        """Return the kind and the name of everything told so far."""
        found = [json.loads(body) for _headers, body in self.received]
        return {(one["type"], one["data"]["name"]) for one in found}


class _Handler(BaseHTTPRequestHandler):
    hook: ClassVar[Hook]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.hook.refusals:
            self.hook.refusals -= 1
            self.send_response(503)
        else:
            self.hook.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def hook() -> Iterator[Hook]:
    """Run it on a free port."""
    found = Hook()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hook": found}))
    found.port = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
