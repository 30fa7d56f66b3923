"""Witnesses of somebody else, in threads of this process, over real sockets."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from muniment.operations.witness import place
from muniment.operations.witness.place import Place
from muniment.operations.witness.rules import Witness
from muniment.operations.witness.server import Server
from muniment_verify.notes import parse_vkey


@dataclass
class Listening:
    """A witness that listens on a port of this machine."""

    place: Place
    port: int
    scheme: str = "http"

    @property
    def setting(self) -> str:
        return f"{self.place.key.public.vkey} {self.scheme}://127.0.0.1:{self.port}"

    @property
    def vkey(self) -> str:
        return self.place.key.public.vkey

    def know(self, *vkeys: str) -> "Listening":
        for vkey in vkeys:
            key = parse_vkey(vkey)
            self.place.state.add_key(key, key.name)
        return self


@contextmanager
def listening(folder: Path, name: str, port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[Listening]:
    """Serve a witness from `folder`, made there when there is none, until the block ends."""
    found = place.find(folder) if folder.exists() else place.make(folder, name, None)
    loop, started, ports = asyncio.new_event_loop(), threading.Event(), []

    async def serve() -> None:
        server = Server(Witness(found.key, found.state).add_checkpoint)
        socket = await server.start("127.0.0.1", port, tls)
        ports.append(socket.sockets[0].getsockname()[1])
        stopped.append(asyncio.Event())
        started.set()
        await stopped[0].wait()
        socket.close()
        await server.close()

    stopped: list[asyncio.Event] = []
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        assert started.wait(10)
        yield Listening(found, ports[0], "https" if tls else "http")
    finally:
        loop.call_soon_threadsafe(stopped[0].set)
        thread.join(10)
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


def settings_of(*witnesses: Listening) -> tuple[str, ...]:
    return tuple(witness.setting for witness in witnesses)


@contextmanager
def answering(answer: bytes, *, drip: bool = False) -> Iterator[tuple[int, list[bytes]]]:
    """Listen on a port, take requests and send the same bytes to each, or one of them a second."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        received: list[bytes] = []

        def serve() -> None:
            while True:
                try:
                    taken, _ = server.accept()
                except OSError:
                    return
                with taken:
                    received.append(taken.recv(65536))
                    _send(taken, answer, drip=drip)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1], received
        server.shutdown(socket.SHUT_RDWR)
        thread.join(15)


def _send(taken: socket.socket, answer: bytes, *, drip: bool) -> None:
    try:
        for start in range(0, len(answer), 1 if drip else len(answer)):
            taken.sendall(answer[start : start + (1 if drip else len(answer))])
            threading.Event().wait(0.3 if drip else 0)
    except OSError:
        return  # it hung up, which is the point


def http(status: str, body: bytes, media_type: str = "text/plain", more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body
