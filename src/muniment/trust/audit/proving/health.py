"""How the log is: what waits for a number, what was signed, and what re-hashing found."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache

from django.db import connection, transaction
from django.utils.translation import gettext as _

from muniment.core import clock
from muniment.core.health import HealthLine
from muniment.core.metrics import declare_metric
from muniment.trust.audit.models import RegisterHead, Rehash
from muniment.trust.audit.types import LogHealth

ALARM_SECONDS = 30.0  # so that people are told within a minute
REHASH_EVERY = timedelta(days=8)  # a week, and a day for a worker that was down


def log_health() -> LogHealth:
    """Return counts and times over all logs: nothing of any client."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pending, oldest, trees, entries from app.log_facts()")
            pending, oldest, trees, entries = cursor.fetchone()
        last = Rehash.objects.order_by("-id").first()
        newest = RegisterHead.objects.order_by("-size").first()
    return LogHealth(
        pending=pending,
        lag_seconds=_seconds_since(oldest),
        trees=trees,
        entries=entries,
        heads=newest.size if newest else 0,
        signed_at=newest.signed_at if newest else None,
        rehashed_at=last.finished_at if last else None,
        rehash_found=len(last.found) if last else 0,
    )


def alarms(health: LogHealth) -> list[str]:
    """Return a sentence for everything about the log that somebody has to look at now."""
    found = []
    if health.lag_seconds > ALARM_SECONDS:
        found.append(
            _("%(n)s entries wait for their numbers, the oldest for %(seconds)s seconds.")
            % {"n": health.pending, "seconds": round(health.lag_seconds)}
        )
    if health.rehash_found:
        found.append(
            _("The last re-hash found %(n)s things that are not as they were signed.") % {"n": health.rehash_found}
        )
    return found


def log_lines() -> Iterator[HealthLine]:
    """Yield how the log is, for the health page."""
    health = log_health()
    late = health.lag_seconds > ALARM_SECONDS
    told = _("%(n)s entries have their numbers; %(pending)s wait.") % {"n": health.entries, "pending": health.pending}
    todo = _("Look whether the worker runs. Its log in the data directory says what is in the way.")
    yield HealthLine("Numbering", *(("bad", alarms(health)[0], todo) if late else ("good", told)))
    if health.signed_at:
        signed = _("%(n)s heads of logs. The newest was signed at %(time)s.")
        yield HealthLine("Heads", "good", signed % {"n": health.heads, "time": _moment(health.signed_at)})
    else:
        yield HealthLine("Heads", "notice", _("No head of a log was signed yet."))
    yield _rehash(health)


def _rehash(health: LogHealth) -> HealthLine:
    if health.rehash_found:
        todo = _("Change nothing. The table log_rehash says where; docs/log.md says what to do.")
        return HealthLine("Full re-hash", "bad", alarms(health)[-1], todo)
    if health.rehashed_at is None:
        return HealthLine("Full re-hash", "notice", _("There was none yet; the worker does it every Sunday."))
    sentence = _("At %(time)s all logs were as they were signed.") % {"time": _moment(health.rehashed_at)}
    is_late = clock.now() - health.rehashed_at > REHASH_EVERY
    return HealthLine("Full re-hash", "notice" if is_late else "good", sentence)


def declare_numbers() -> None:
    """Declare what is measured about the log: what waits for a number, and since when."""
    declare_metric("muniment_log_pending", "gauge", "Entries that wait for their number.", look=lambda: _now().pending)
    declare_metric(
        "muniment_log_lag_seconds",
        "gauge",
        "How long the oldest entry has waited for its number.",
        look=lambda: _now().lag_seconds,
    )
    declare_metric("muniment_log_entries", "gauge", "Numbered entries of all logs.", look=lambda: _now().entries)
    declare_metric(
        "muniment_log_signed_seconds",
        "gauge",
        "Seconds since the newest head of a log was signed.",
        look=lambda: _seconds_since(_now().signed_at),
    )


def _now() -> LogHealth:
    """Return how the log is, or was within this second: four numbers are one look."""
    return _looked(int(time.monotonic()))


@lru_cache(maxsize=1)
def _looked(_second: int) -> LogHealth:
    return log_health()


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _seconds_since(moment: datetime | None) -> float:
    return 0.0 if moment is None else max(0.0, (clock.now() - moment).total_seconds())
