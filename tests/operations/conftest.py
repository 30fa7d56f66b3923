"""Servers of our own for one test or one file, in paths short enough for sockets."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from muniment.core import config
from muniment.core.config import Config

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder with a short path that a system user can enter."""
    path = Path(tempfile.mkdtemp(prefix="mun-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def present(folder: Path) -> Config:
    """Give settings for a portal on free ports, with its data in a folder of its own."""
    return config.load(
        {
            "MUNIMENT_DATA": str(folder / "data"),
            "MUNIMENT_HTTPS_PORT": str(free_port()),
            "MUNIMENT_HTTP_PORT": str(free_port()),
            "MUNIMENT_WEB_THREADS": "4",
        }
    )


@pytest.fixture
def launch() -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
    """Give a way to start Python modules that are gone after the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(module: str, *arguments: str, **environ: str) -> "subprocess.Popen[bytes]":
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MUNIMENT_")}
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env={**kept, **environ},
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def free_port() -> int:
    """Return a port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Return whether `condition` became true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def is_alive(process_id: int) -> bool:
    """Tell whether a process runs; one that ended and was not collected yet does not."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii").rpartition(") ")[2][:1]
    except OSError:
        return False
    return state != "Z"
