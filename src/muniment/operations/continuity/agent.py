"""The agent: saves the write-ahead log all the time, makes base backups by the clock, and does what is asked of it.

One runs on an installation at a time; a lock says so. It is a program of the supervisor, which starts it again when
it dies; what it was doing is then written down as interrupted and done anew.
"""

import os
import signal
import threading
from typing import TYPE_CHECKING

import django
import structlog
from django.db import DatabaseError, close_old_connections, connection

from muniment.core import config
from muniment.core.config import Config
from muniment.operations import locks, logs, processes

if TYPE_CHECKING:  # it needs Django set up
    from muniment.operations.continuity.working import Worker

LOOK_SECONDS = 2.0
AWAY_SECONDS = 10.0
CHILDREN_NICE = 10

log = structlog.get_logger(__name__)


class Agent:
    """Works until it is told to stop. Without restic it makes bundles; with backups switched off it waits."""

    def __init__(self, present: Config, stop: threading.Event) -> None:
        self._present = present
        self._stop = stop
        self._worker: Worker | None = None

    def run(self) -> None:
        """Work until told to stop; whatever goes wrong is written down and tried again."""
        while not self._stop.is_set():
            seconds = LOOK_SECONDS
            try:
                close_old_connections()
                self._turn()
            except DatabaseError as error:
                log.warning("the database is away", error=type(error).__name__)
                connection.close()
                seconds = AWAY_SECONDS
            except Exception:
                log.exception("a turn failed")
                seconds = AWAY_SECONDS
            self._stop.wait(seconds)
        if self._worker is not None:
            self._worker.end()

    def _turn(self) -> None:
        from muniment.operations.continuity import working

        if self._worker is None:
            self._worker = working.begin(self._present, self._stop)
        if self._worker is not None:
            self._worker.turn()


def main() -> None:
    """Work with the present settings; the supervisor calls this as a program."""
    present = config.current()
    processes.keep_memory_private()
    logs.configure("continuity", present)
    os.nice(CHILDREN_NICE)  # people come first; what it starts is as nice
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    django.setup()
    present.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
    while not stop.is_set():
        try:
            held = locks.hold(present.backups / "agent.lock")
        except locks.LockTaken:  # of a supervisor that was killed, or of a command
            stop.wait(1.0)
            continue
        with held:
            Agent(present, stop).run()
