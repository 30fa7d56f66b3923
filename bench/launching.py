"""Starting a portal as its users start it."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.portal import Address, Portal, fetch

START_SECONDS = 90.0
STOP_SECONDS = 40.0


class Launch:
    """One `muniment up`, with its data in a directory of its own; it may be started again after a stop."""

    def __init__(self, data: Path, *, demo: bool = True, settings: Mapping[str, str] | None = None) -> None:
        self._data = data
        self._port, plain_port = free_ports(2)
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("MUNIMENT_")},
            "MUNIMENT_HTTPS_PORT": str(self._port),
            "MUNIMENT_HTTP_PORT": str(plain_port),
            **(settings or {}),
        }
        program = Path(sys.executable).with_name("muniment")
        self._command = [str(program), "up", *(["--demo"] if demo else []), "--allow-root", "--data", str(data)]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def portal(self) -> Portal:
        """What runs."""
        if self._process is None:
            raise LookupError("the portal was not started")
        return Portal(self._data, self._port, self._process.pid)

    def start(self) -> float:
        """Start it and return the seconds until the first page was there."""
        begun = time.monotonic()
        log = self._data.with_name(f"{self._data.name}.log")
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )
        while time.monotonic() - begun < START_SECONDS:
            if self._process.poll() is not None:
                break
            if self._answers():
                return time.monotonic() - begun
            time.sleep(0.02)
        self.stop()
        raise TimeoutError(f"no page came:\n{log.read_text(errors='replace')[-2000:]}")

    def stop(self) -> None:
        """Stop it as Ctrl-C does, and harder where that does not help."""
        if self._process is None:
            return
        for number, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, 5.0)):
            if self._process.poll() is not None:
                break
            self._process.send_signal(number)
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
        self._process = None

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self._port)).close()  # a TLS context is dear: not before it listens
            connection = Address(self._port, self._data / "tls" / "authority.pem").connect(5.0)
        except OSError:
            return False
        try:
            fetch(connection, "/sign-in/", {})
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return True


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a directory that system users may pass through, and remove it with all in it."""
    path = Path(tempfile.mkdtemp(prefix="mun-bench-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def free_ports(count: int) -> list[int]:
    """Return ports of this machine that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
