"""How the log is: what waits for a number, and how much has one."""

from datetime import datetime

from django.db import connection, transaction

from muniment.core import clock
from muniment.trust.audit.models import RegisterHead
from muniment.trust.audit.types import LogHealth

ALARM_SECONDS = 60.0


def log_health() -> LogHealth:
    """Return counts and times over all logs: nothing of any client."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pending, oldest, trees, entries from app.log_facts()")
            pending, oldest, trees, entries = cursor.fetchone()
        newest = RegisterHead.objects.order_by("-size").first()
    return LogHealth(
        pending=pending,
        lag_seconds=_seconds_since(oldest),
        trees=trees,
        entries=entries,
        heads=newest.size if newest else 0,
        signed_at=newest.signed_at if newest else None,
    )


def _seconds_since(moment: datetime | None) -> float:
    return 0.0 if moment is None else max(0.0, (clock.now() - moment).total_seconds())
