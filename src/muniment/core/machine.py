"""Look at what everything rests on: the worker, the walls between clients, room on the disk."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.utils.translation import gettext as _

from muniment.core import clock, config
from muniment.core.db import catalogue
from muniment.core.health import HealthLine, State
from muniment.core.metrics import declare_metric

SILENT: Final = timedelta(seconds=35)  # a worker says that it lives every ten seconds
BEHIND: Final = timedelta(minutes=10)
_SCARCE, _FULL = 0.15, 0.05
_GIGABYTE: Final = 10**9
_OWN_DISKS: Final = ("store", "database", "backups")  # folders that may be mounts of their own


@dataclass(frozen=True)
class WorkFacts:
    """When a worker last said that it lives, how many jobs are due, the oldest since when, how many were given up."""

    seen_at: datetime | None
    due: int
    oldest_at: datetime | None
    failed: int


def work_facts() -> WorkFacts:
    """Ask the queue, which tells counts and times alone."""
    with connection.cursor() as cursor:
        cursor.execute("select seen_at, due, oldest_at, failed from app.work_facts()")
        return WorkFacts(*cursor.fetchone())


def work() -> Iterator[HealthLine]:
    """Tell whether a worker lives, and whether it keeps up."""
    facts, now = work_facts(), clock.now()
    yield _worker(facts.seen_at, now)
    due, oldest_at = facts.due, facts.oldest_at
    if oldest_at is not None and now - oldest_at > BEHIND:
        minutes = int((now - oldest_at).total_seconds() // 60)
        sentence = _("%(n)s jobs wait, the oldest for %(minutes)s minutes.") % {"n": due, "minutes": minutes}
        yield HealthLine("Queue", "bad", sentence, _("Look whether the worker runs, and what its log says."))
    else:
        yield HealthLine("Queue", "good", _("%(n)s jobs are due.") % {"n": due} if due else _("No job waits."))
    if facts.failed:
        sentence = _("%(n)s jobs were given up after all their tries; logs say which.") % {"n": facts.failed}
        yield HealthLine("Failed jobs", "notice", sentence, _("Look into the worker's log for what they met."))


def _worker(seen_at: datetime | None, now: datetime) -> HealthLine:
    todo = _(
        "The supervisor starts a worker that died again by itself. If it stays silent, look whether the machine is "
        "overloaded, then into the worker's log in the data directory."
    )
    if seen_at is None:
        sentence = _("No worker runs: mails wait, uploads stay unchecked, the log is not proved.")
        return HealthLine("Worker", "bad", sentence, todo)
    silent = now - seen_at
    if silent > SILENT:
        sentence = _("The worker has been silent for %(n)s seconds.") % {"n": int(silent.total_seconds())}
        return HealthLine("Worker", "bad", sentence, todo)
    return HealthLine("Worker", "good", _("The worker runs."))


def walls() -> Iterator[HealthLine]:
    """Ask the database's catalogue whether every wall between clients stands."""
    problems = catalogue.problems()
    for problem in problems:
        todo = _("Stop the portal: one client might see another's rows. `muniment migrate` puts the walls up again.")
        yield HealthLine("Walls between clients", "bad", f"{problem}.", todo)
    if not problems:
        yield HealthLine("Walls between clients", "good", _("Every table keeps the rows of clients apart."))


def disk() -> Iterator[HealthLine]:
    """Tell how much room is left on each disk that the data directory stands on."""
    data, seen = config.current().data, set[int]()
    for name, place in (("Disk", data), *((f"Disk of {what}", data / what) for what in _OWN_DISKS)):
        try:
            device, usage = place.stat().st_dev, shutil.disk_usage(place)
        except FileNotFoundError:
            continue  # it is made with the first thing in it
        if device not in seen:
            seen.add(device)
            yield _room(name, usage.free, usage.total)


def _room(name: str, free: int, total: int) -> HealthLine:
    left = free / total
    state: State = "bad" if left < _FULL else "notice" if left < _SCARCE else "good"
    sentence = _("%(free)s of %(total)s GB are free (%(left)s).") % {
        "free": f"{free / _GIGABYTE:,.1f}",
        "total": f"{total / _GIGABYTE:,.1f}",
        "left": f"{left:.0%}",
    }
    todo = _(
        "Make room on this disk, or give it a larger one. On a full disk nothing can be written: the database stops, "
        "and every act is refused."
    )
    return HealthLine(name, state, sentence, "" if state == "good" else todo)


def declare_numbers() -> None:
    """Declare what is measured here: the queue, and room on the disk."""
    declare_metric("muniment_jobs_due", "gauge", "Jobs that wait for the worker.", look=lambda: work_facts().due)
    declare_metric("muniment_jobs_failed", "gauge", "Jobs given up after all tries.", look=lambda: work_facts().failed)
    declare_metric(
        "muniment_jobs_oldest_seconds",
        "gauge",
        "How long the oldest due job has waited.",
        look=lambda: _age(work_facts().oldest_at) or 0.0,
    )
    declare_metric(
        "muniment_worker_silent_seconds",
        "gauge",
        "Seconds since a worker said that it lives.",
        look=lambda: _age(work_facts().seen_at),
    )
    declare_metric(
        "muniment_disk_bytes",
        "gauge",
        "Room on the disk of the data directory, in bytes.",
        labels={"of": ("free", "total")},
        look=_disk_bytes,
        needs_database=False,
    )


def _age(moment: datetime | None) -> float | None:
    return None if moment is None else max(0.0, (clock.now() - moment).total_seconds())


def _disk_bytes() -> Mapping[str, float]:
    usage = shutil.disk_usage(config.current().data)
    return {"free": float(usage.free), "total": float(usage.total)}
