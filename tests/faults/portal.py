"""A small portal of a test's own: started by the command, with the cast in it, to be hurt and looked at."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from muniment.core import config
from muniment.core.config import Config
from muniment.operations import accounts, programs
from tests.live import free_port

ROOT = Path(__file__).parents[2]
SECONDS = 180.0


class Small:
    """One `muniment up` on a data directory of its own; it can be killed, stopped and started again."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.output = folder / "output"
        self.present: Config = config.load(
            {
                "MUNIMENT_DATA": str(folder / "data"),
                "MUNIMENT_HTTPS_PORT": str(free_port()),
                "MUNIMENT_HTTP_PORT": str(free_port()),
                **settings,
            }
        )
        self.people: dict[str, dict[str, str]] = {}
        self.places: dict[str, str] = {}
        self.process: subprocess.Popen[bytes] | None = None

    # -- life ---------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start it and wait for its first page."""
        kept = {name: value for name, value in os.environ.items() if "MUNIMENT" not in name and "DJANGO" not in name}
        allowed = ["--allow-root"] if accounts.is_root() else []
        begun = self.output.stat().st_size if self.output.exists() else 0
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "muniment.operations.command", "up", *allowed],
                env={**kept, **config.environment(self.present), "PYTHONPATH": str(ROOT / "src")},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        wait_until(lambda: "Ready" in self.said(begun) or not self.is_running())
        assert self.is_running(), self.said()
        assert "Ready" in self.said(begun), self.said()

    def lay(self) -> None:
        """Lay the cast."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.lay"],
            cwd=ROOT,
            env={**programs.environment(self.present, "app"), "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        self.people, self.places = told["people"], told["places"]

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to stop, and return its exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(SECONDS)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def said(self, since: int = 0) -> str:
        return self.output.read_bytes()[since:].decode(errors="replace") if self.output.exists() else ""

    # -- inside -------------------------------------------------------------------------------------------------------

    def parts(self) -> dict[str, int]:
        """Return the process ids of the supervisor's children by their names."""
        assert self.process is not None
        found = {}
        for child in children(self.process.pid):
            name = re.search(r"muniment\.operations\.(\w+)|/(postgres) ", command_line(child))
            if name:
                found[name[1] or name[2]] = child
        return found

    def web_processes(self) -> list[int]:
        """Return the processes that answer requests, without their parent."""
        return children(self.parts()["server"])

    def web_bytes(self) -> int:
        """Return the memory of the web server and its processes (PSS: shared pages are divided)."""
        server = self.parts()["server"]
        return sum(_pss_bytes(one) for one in [server, *children(server)])

    def database(self) -> "psycopg.Connection[Any]":
        """Return a connection as superuser, on which every statement stands alone."""
        parameters: dict[str, Any] = dict(config.connection(self.present, "super").parameters())
        return psycopg.connect(**parameters, autocommit=True)


def children(process_id: int) -> list[int]:
    """Return the living children of a process."""
    listed = subprocess.run(["pgrep", "-P", str(process_id)], capture_output=True, text=True, check=False).stdout
    return [int(line) for line in listed.split()]


def command_line(process_id: int) -> str:
    """Return the command line of a process; empty once it ended."""
    try:
        return Path(f"/proc/{process_id}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def wait_until(condition: Callable[[], bool], seconds: float = SECONDS) -> bool:
    """Return whether `condition` became true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return condition()


def _pss_bytes(process_id: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process_id}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
