"""Tasks that try to get out of the sandbox, and to wear it out: nothing comes of it, if all is well."""

import json
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO


def probe(held: list[str], *paths: str) -> bytes:
    """Return, as JSON, the layers that hold and the names of what could be done in spite of them."""
    trials: dict[str, Callable[[], object]] = {
        "open a socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        "open a local socket": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
        "open a pair of sockets": socket.socketpair,
        "read a file": lambda: Path("/etc/hostname").read_bytes(),
        "list a folder": lambda: list(Path("/").iterdir()),
        "write a file": lambda: os.open("/tmp/muniment-probe", os.O_WRONLY | os.O_CREAT, 0o600),  # noqa: S108 - it must not succeed  # nosec B108
        "make a file in memory": lambda: os.memfd_create("probe"),
        "start a program": lambda: os.posix_spawn("/bin/true", ["true"], {}),
        "start a process": _fork,
        "stop a process": lambda: os.kill(os.getppid(), 0),
        "become root": lambda: os.setuid(0),
        "make a pipe": os.pipe,
    }
    trials |= {f"read {path}": Path(path).read_bytes for path in paths}
    reached = []
    for name, trial in trials.items():
        with suppress(OSError):
            trial()
            reached.append(name)
    return json.dumps({"held": held, "reached": reached, "environment": sorted(os.environ)}).encode()


def strain(source: BinaryIO, what: str) -> bytes:
    """Use too much of "time", "memory" or "output", to show that it ends there; anything else is read and measured."""
    if what == "time":
        while True:
            pass
    if what == "memory":
        kept = [bytes(2**20) for _ in range(2**20)]
        return str(len(kept)).encode()
    return bytes(2**30) if what == "output" else str(len(source.read())).encode()


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)
