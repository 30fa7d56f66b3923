"""One running portal for all tests that need a real server: started by whoever asks first, stopped at the end."""

import contextlib
import fcntl
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

_FOLDER = "_MUNIMENT_TEST_LIVE"
START_SECONDS = 300
_started: "list[subprocess.Popen[bytes]]" = []  # kept, so that nobody is told off for leaving it running


@dataclass(frozen=True)
class Live:
    """A demo portal at work: where it listens, where its data lies, and who may sign in."""

    data: Path
    https_port: int
    http_port: int
    process_id: int

    @property
    def address(self) -> str:
        """The address of its pages, without a slash at the end."""
        return f"https://localhost:{self.https_port}"

    def trust(self) -> ssl.SSLContext:
        """Return what a client needs to trust the portal's own authority."""
        return ssl.create_default_context(cafile=str(self.data / "tls" / "authority.pem"))

    def person(self, name: str) -> dict[str, str]:
        """Return how somebody of the demo (the part before the @) signs in: `email`, `password` and `secret`."""
        known = json.loads((self.data / "demo.json").read_text())
        return next(one for one in known if one["email"].split("@")[0] == name)


def prepare(folder: Path) -> None:
    """Say where the portal of this run will live; called by the controlling process."""
    os.environ[_FOLDER] = str(folder)


def portal() -> Live:
    """Return the portal of this run, starting it where nobody has yet."""
    folder = Path(os.environ[_FOLDER])
    folder.mkdir(mode=0o755, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = folder / "live.json"
        if not known.exists():
            known.write_text(json.dumps(_start(folder)))
        found = json.loads(known.read_text())
    return Live(Path(found["data"]), found["https_port"], found["http_port"], found["process_id"])


def stop(folder: Path) -> None:
    """Stop the portal of this run, if anybody started it."""
    known = folder / "live.json"
    if not known.exists():
        return
    process_id = json.loads(known.read_text())["process_id"]
    try:
        os.kill(process_id, signal.SIGTERM)
        for _ in range(300):
            _reap(process_id)
            os.kill(process_id, 0)
            time.sleep(0.1)
    except ProcessLookupError:
        return


def _reap(process_id: int) -> None:
    """Take the exit of the portal, where this process started it."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(process_id, os.WNOHANG)


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _start(folder: Path) -> dict[str, object]:
    data, https_port, http_port = folder / "data", free_port(), free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MUNIMENT_", "_MUNIMENT_"))}
    environment = {
        **kept,
        "MUNIMENT_HTTPS_PORT": str(https_port),
        "MUNIMENT_HTTP_PORT": str(http_port),
        "MUNIMENT_PASSWORD_HASH_PASSES": "1",
    }
    with (folder / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "muniment.operations.command", "up", "--demo", "--data", str(data)],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _started.append(process)
    _await(process, f"https://localhost:{https_port}/sign-in/", data, folder / "up.log")
    return {"data": str(data), "https_port": https_port, "http_port": http_port, "process_id": process.pid}


def _await(process: "subprocess.Popen[bytes]", address: str, data: Path, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the portal did not start:\n{log.read_text()[-3000:]}")
        try:
            trusted = ssl.create_default_context(cafile=str(data / "tls" / "authority.pem"))
            with urllib.request.urlopen(address, context=trusted, timeout=5):
                if (data / "demo.filled").exists():
                    return
        except (OSError, ssl.SSLError):
            pass
        time.sleep(0.3)
    raise RuntimeError(f"the portal did not answer in {START_SECONDS} s:\n{log.read_text()[-3000:]}")
