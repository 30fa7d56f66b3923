"""Look at what everything rests on: the worker, the walls between clients, room on the disk."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from muniment.core import clock, config
from muniment.core.db import catalogue
from muniment.core.health import HealthLine, State

SILENT: Final = timedelta(seconds=60)  # a worker says that it lives every ten seconds
BEHIND: Final = timedelta(minutes=10)
_SCARCE, _FULL = 0.15, 0.05
_GIGABYTE: Final = 10**9


def work() -> Iterator[HealthLine]:
    """Tell whether a worker lives, and whether it keeps up."""
    with connection.cursor() as cursor:
        cursor.execute("select seen_at, due, oldest_at, failed from app.work_facts()")
        seen_at, due, oldest_at, failed = cursor.fetchone()
    now = clock.now()
    yield _worker(seen_at, now)
    if oldest_at is not None and now - oldest_at > BEHIND:
        minutes = int((now - oldest_at).total_seconds() // 60)
        yield HealthLine("Queue", "bad", f"{due} jobs wait, the oldest for {minutes} minutes.")
    else:
        yield HealthLine("Queue", "good", f"{due} jobs are due." if due else "No job waits.")
    if failed:
        yield HealthLine("Failed jobs", "notice", f"{failed} jobs were given up after all their tries; logs say which.")


def _worker(seen_at: datetime | None, now: datetime) -> HealthLine:
    if seen_at is None:
        return HealthLine("Worker", "bad", "No worker runs: mails wait, uploads stay unchecked, the log is not proved.")
    silent = now - seen_at
    if silent > SILENT:
        sentence = f"The worker has been silent for {int(silent.total_seconds())} seconds."
        return HealthLine("Worker", "bad", sentence)
    return HealthLine("Worker", "good", "The worker runs.")


def walls() -> Iterator[HealthLine]:
    """Ask the database's catalogue whether every wall between clients stands."""
    problems = catalogue.problems()
    for problem in problems:
        yield HealthLine("Walls between clients", "bad", f"{problem}.")
    if not problems:
        yield HealthLine("Walls between clients", "good", "Every table keeps the rows of clients apart.")


def disk() -> Iterator[HealthLine]:
    """Tell how much room the disk of the data directory has left."""
    usage = shutil.disk_usage(config.current().data)
    left = usage.free / usage.total
    state: State = "bad" if left < _FULL else "notice" if left < _SCARCE else "good"
    sentence = f"{usage.free / _GIGABYTE:,.1f} of {usage.total / _GIGABYTE:,.1f} GB are free ({left:.0%})."
    yield HealthLine("Disk", state, sentence)
