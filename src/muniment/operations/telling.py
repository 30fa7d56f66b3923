"""What the supervisor tells the monitor about the parts, and how it finds a monitor that hangs.

A file each way: the two share no pipe that one of them could fill, and each survives the other.
"""

import json
import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog

from muniment.core import clock
from muniment.operations.programs import Program
from muniment.operations.watch import Watched

MONITOR: Final = "monitor"
WRITE_SECONDS: Final = 5.0
SILENT_SECONDS: Final = 40.0  # its longest pause between two signs of life is a look that does not answer
START_SECONDS: Final = 120.0  # on a machine that is busy with its own start

log = structlog.get_logger(__name__)


class Parts:
    """The state of all parts, written into the data directory whenever it changes, and every five seconds."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "parts.json"
        self._alive = folder / "alive"
        self._died: dict[str, datetime] = {}
        self._last = ""
        self._written_at = 0.0
        self._started_at: dict[int, float] = {}

    def note_death(self, name: str) -> None:
        """Note that a part died just now."""
        self._died[name] = clock.now()

    def write(self, parts: Sequence[Watched], *, ready: bool = True) -> None:
        """Say how the parts are. A file that cannot be written keeps nobody from looking after them."""
        states = [
            {
                "name": part.name,
                "running": part.service.is_running(),
                "died_at": died.isoformat() if (died := self._died.get(part.name)) else None,
            }
            for part in parts
        ]
        state = json.dumps({"ready": ready, "parts": states})
        if state == self._last and time.monotonic() - self._written_at < WRITE_SECONDS:
            return
        self._last, self._written_at = state, time.monotonic()
        beside = self._path.with_suffix(".new")
        try:
            beside.unlink(missing_ok=True)
            # Its folder lets in the portal's account alone, which must not lead us elsewhere: we may be root
            made = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
            with os.fdopen(made, "w", encoding="ascii") as file:
                os.fchmod(made, 0o644)
                json.dump({**json.loads(state), "at": clock.now().isoformat()}, file)
            beside.replace(self._path)
        except OSError as error:
            log.warning("parts-not-told", error=type(error).__name__)

    def end(self) -> None:
        """Say nothing any more: the portal stops."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def wake_monitor(self, parts: Sequence[Watched]) -> None:
        """Kill a monitor that gives no sign of life; it is started again as after any other death."""
        for part in parts:
            if part.name != MONITOR or not isinstance(part.service, Program) or not part.service.is_running():
                continue
            process_id = part.service.process_id or 0
            begun = self._started_at.setdefault(process_id, time.monotonic())
            if time.monotonic() - begun > START_SECONDS and self._silence() > SILENT_SECONDS:
                log.error("monitor-hangs", process=process_id)
                os.kill(process_id, signal.SIGKILL)

    def _silence(self) -> float:
        """Return for how many seconds the monitor gave no sign of life."""
        try:
            return max(0.0, clock.now().timestamp() - self._alive.stat().st_mtime)
        except OSError:
            return SILENT_SECONDS + 1
