"""How long the log of a client is kept, and whether anything in it is over that."""

from collections.abc import Collection

from django.db import connection

from muniment.core import config
from muniment.core.actor import Actor
from muniment.core.unit import acting_as, query
from muniment.trust.access import queries as access
from muniment.trust.custody import queries as custody
from muniment.trust.retention.models import LogPeriods
from muniment.trust.retention.types import RULES, USUAL, LogRetention, Periods

_DUE = "select app.entry_parts_due(%s, %s)"


@query
def log_retention(actor: Actor) -> LogRetention:
    """Return how long the log of the actor's client is kept, to whoever may set it or read the log.

    Raises:
        NotFound: `actor` may do neither.
    """
    if not access.may(actor, "log:read"):
        access.require(actor, "log-retention:set")
    return retention_of(actor)


def retention_of(actor: Actor) -> LogRetention:
    """Return how long the log of the bound client is kept; without periods of its own, the usual ones."""
    row = LogPeriods.objects.filter(client_id=actor.client).first()
    rules = tuple(row.rules) if row else ()
    least = minimum(rules)
    kept = Periods(row.private_months, row.core_months) if row else USUAL
    return LogRetention(
        rules=rules,
        periods=kept.longest(least),
        minimum=least,
        is_held=custody.is_held("client", actor.client, actor.client),
        set_by=row.set_by if row else None,
        set_at=row.set_at if row else None,
        private_dropped_before=row.private_dropped_before if row else None,
        core_dropped_before=row.core_dropped_before if row else None,
    )


def minimum(rules: Collection[str]) -> Periods:
    """Return what nobody can go below: the longest of the installation's minimum and what each rule demands."""
    months = config.current().log_minimum_months
    return Periods(months, months).longest(*(RULES[name] for name in rules))


def is_anything_over(actor: Actor) -> bool:
    """Return whether a part of an entry of the actor's client is older than it may become: for the worker alone."""
    with acting_as(actor):
        periods = retention_of(actor).periods
        with connection.cursor() as cursor:
            cursor.execute(_DUE, [periods.private_months, periods.core_months])
            return bool(cursor.fetchone()[0])
