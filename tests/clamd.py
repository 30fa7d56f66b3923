"""A real clamd with signatures of the tests' own: EICAR and one invented marker. Nothing is ever downloaded.

It keeps what it spools in memory, as the manual tells every operator to arrange.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from muniment.trust.vault.vetting.clamd import Clamd, ScannerDown

MARKER = b"MUNIMENT-INVENTED-MALWARE-7f3a91"
# Kept in two parts, or scanners of the developers' own machines would take this file away.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
STREAM_BYTES_MOST = 4 * 2**20
_CONFIG = """
LocalSocket {folder}/clamd.sock
LocalSocketMode 600
DatabaseDirectory {folder}/signatures
TemporaryDirectory {folder}/spool
Foreground yes
User {user}
StreamMaxLength {most}
MaxFileSize {most}
MaxScanSize 64M
AlertExceedsMax yes
AlertEncrypted yes
MaxThreads 2
SelfCheck 3600
"""


class Daemon:
    """One clamd over a folder in memory; it can be killed, stopped for a while, and started again."""

    def __init__(self) -> None:
        shared = Path("/dev/shm")
        self.folder = Path(tempfile.mkdtemp(prefix="clamd-", dir=shared if shared.is_dir() else "/tmp"))
        for name in ("signatures", "spool"):
            (self.folder / name).mkdir(mode=0o700)
        lines = [f"Muniment.{name}:0:*:{text.hex()}" for name, text in (("Eicar", EICAR[:64]), ("Marker", MARKER))]
        (self.folder / "signatures" / "tests.ndb").write_text("\n".join(lines) + "\n")
        user = "root" if os.geteuid() == 0 else str(os.environ.get("USER", ""))
        text = _CONFIG.format(folder=self.folder, user=user, most=STREAM_BYTES_MOST)
        kept = [line for line in text.splitlines() if user or not line.startswith("User")]
        (self.folder / "clamd.conf").write_text("\n".join(kept) + "\n")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Return the address as the setting has it."""
        return f"unix:{self.folder}/clamd.sock"

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = subprocess.Popen(
            [shutil.which("clamd") or "/usr/sbin/clamd", "--config-file", str(self.folder / "clamd.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(ScannerDown):
                Clamd(self.address).version()
                return
            assert self._process.poll() is None, "clamd did not start"
            time.sleep(0.1)
        raise AssertionError("clamd does not answer")

    def kill(self) -> None:
        """Kill it as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Have it accept connections and do nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Have it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def remove(self) -> None:
        """Kill it, and remove what it kept."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
