"""Transfers again with a virus scanner on, and how long a file waits until people may open it.

The scanner is Debian's clamd with one invented signature, so what is measured is the way there and back and clamd's
own reading of the file, not the size of a list of viruses.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bench import transfers
from bench.callers import Crowd, TusUpload
from bench.launching import Launch
from bench.portal import Portal, Visitor
from bench.results import Result
from bench.transfers import LARGE, SMALL, Size

START_SECONDS = 60.0
WAIT_SECONDS = 120.0
LOOK_SECONDS = 0.05
MARKER = b"MUNIMENT-BENCH-MALWARE-5d0c2e"
CONFIG = """\
LocalSocket {folder}/clamd.sock
LocalSocketMode 600
DatabaseDirectory {folder}/signatures
TemporaryDirectory {folder}/spool
Foreground yes
User root
StreamMaxLength 110M
MaxFileSize 110M
MaxScanSize 400M
AlertExceedsMax yes
MaxThreads 2
"""


def measure(top: Path, rounds: int = 2, sizes: Sequence[Size] = (LARGE, SMALL)) -> list[Result]:
    """Return the rates of uploads and downloads with the scanner on, and the wait until a file is open; in turns."""
    with _clamd() as address:
        launch = Launch(top / "scanned", settings={"MUNIMENT_SCANNER": address})
        try:
            launch.start()
            portal = launch.portal
            portal.wait_until_filled()
            visitor = portal.with_token(portal.sign_in("cleo"))
            found = transfers.measure(portal, visitor, top, rounds, sizes)
            waits = [_wait(portal, visitor, size) for size in sizes]
        finally:
            launch.stop()
    return [*(replace(one, name=f"{one.name}, scanner on") for one in found), *waits]


def _wait(portal: Portal, visitor: Visitor, size: Size) -> Result:
    """Upload a file and return how long it takes from its last byte until it is open."""
    with Crowd(1) as crowd:
        crowd.run([TusUpload(portal.address, f"/{visitor.client}/uploads/", size.size_bytes, 1, visitor.headers)])
    begun = time.monotonic()
    while "Being checked" in portal.get(visitor, visitor.documents):
        if time.monotonic() - begun > WAIT_SECONDS:
            raise TimeoutError("the file is still being checked")
        time.sleep(LOOK_SECONDS)
    waited = time.monotonic() - begun
    return Result(f"until {size.name} may be opened, scanner on", waited, "s", "from its last byte")


@contextmanager
def _clamd() -> Iterator[str]:
    """Give the address of a clamd that spools in memory."""
    program = shutil.which("clamd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        raise FileNotFoundError("clamd is not installed (apt-get install clamav-daemon)")
    with tempfile.TemporaryDirectory(prefix="clamd-", dir="/dev/shm") as name:
        folder = Path(name)
        for part in ("signatures", "spool"):
            (folder / part).mkdir(mode=0o700)
        (folder / "signatures" / "bench.ndb").write_text(f"Muniment.Bench:0:*:{MARKER.hex()}\n")
        (folder / "clamd.conf").write_text(CONFIG.format(folder=folder))
        with subprocess.Popen(
            [program, "--config-file", str(folder / "clamd.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                _answers(folder / "clamd.sock", process)
                yield f"unix:{folder}/clamd.sock"
            finally:
                process.kill()


def _answers(path: Path, process: "subprocess.Popen[bytes]") -> None:
    """Wait until the scanner answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as asking:
            asking.connect(str(path))
            asking.sendall(b"zPING\0")
            if asking.recv(5) == b"PONG\0":
                return
        time.sleep(0.1)
    raise TimeoutError("clamd does not answer")
