"""Restarts what died: at once the first time, later and later when it keeps dying."""

import time
from collections.abc import Callable
from typing import Protocol

FIRST_SECONDS = 0.5
LONGEST_SECONDS = 30.0
STEADY_SECONDS = 60.0  # after which earlier deaths no longer count


class Service(Protocol):
    """Something that is started, may die and is stopped."""

    def start(self) -> None:
        """Start it."""

    def is_running(self) -> bool:
        """Tell whether it is alive."""

    def stop(self) -> None:
        """Stop it."""


class Watched:
    """A service and what happened to it."""

    def __init__(self, name: str, service: Service, report: Callable[[str, str, float], None]) -> None:
        self.name = name
        self.service = service
        self.deaths = 0  # in a row
        self._report = report
        self._started_at = 0.0
        self._due_at: float | None = None

    def start(self) -> None:
        """Start it now."""
        self._due_at = None
        self._started_at = time.monotonic()
        self.service.start()

    def look(self) -> None:
        """Start it again if it died and its time has come."""
        now = time.monotonic()
        if self._due_at is not None:
            if now >= self._due_at:
                self._report("started-again", self.name, 0.0)
                self.start()
            return
        if self.service.is_running():
            return
        self.deaths = 1 if now - self._started_at > STEADY_SECONDS else self.deaths + 1
        delay = delay_seconds(self.deaths)
        self._due_at = now + delay
        self._report("died", self.name, delay)


def delay_seconds(deaths: int) -> float:
    """Return how long to wait before a start after so many deaths in a row: 0.5, 1, 2, 4 ... 30 seconds."""
    return min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(deaths - 1, 10))
