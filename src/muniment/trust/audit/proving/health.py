"""How the log is: what waits for a number, what was signed, and what re-hashing found."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection, transaction

from muniment.core import clock
from muniment.core.health import HealthLine
from muniment.trust.audit.models import RegisterHead, Rehash
from muniment.trust.audit.types import LogHealth

ALARM_SECONDS = 60.0
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
            f"{health.pending} entries wait for their numbers, the oldest for {health.lag_seconds:.0f} seconds. Is the "
            "worker running? Its log says what is in the way."
        )
    if health.rehash_found:
        found.append(
            f"The last re-hash found {health.rehash_found} things that are not as they were signed. The table "
            "log_rehash says where; docs/log.md says what to do."
        )
    return found


def log_lines() -> Iterator[HealthLine]:
    """Yield how the log is, for the health page."""
    health = log_health()
    late = health.lag_seconds > ALARM_SECONDS
    yield HealthLine(
        "Numbering",
        "bad" if late else "good",
        alarms(health)[0] if late else f"{health.entries} entries have their numbers; {health.pending} wait.",
    )
    signed = f"The newest was signed at {_moment(health.signed_at)}." if health.signed_at else "None was signed yet."
    yield HealthLine("Heads", "good" if health.signed_at else "notice", f"{health.heads} heads of logs. {signed}")
    yield _rehash(health)


def _rehash(health: LogHealth) -> HealthLine:
    if health.rehash_found:
        return HealthLine("Full re-hash", "bad", alarms(health)[-1])
    if health.rehashed_at is None:
        return HealthLine("Full re-hash", "notice", "There was none yet; the worker does it every Sunday.")
    sentence = f"At {_moment(health.rehashed_at)} all logs were as they were signed."
    is_late = clock.now() - health.rehashed_at > REHASH_EVERY
    return HealthLine("Full re-hash", "notice" if is_late else "good", sentence)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _seconds_since(moment: datetime | None) -> float:
    return 0.0 if moment is None else max(0.0, (clock.now() - moment).total_seconds())
