"""Set how long a client's log says who did what; drop what is over it."""

from collections.abc import Collection

from django.db import connection

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import Invalid
from muniment.core.unit import acting_as, action
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.retention import queries
from muniment.trust.retention.errors import BelowMinimum, PartsOutOfOrder
from muniment.trust.retention.models import LogPeriods
from muniment.trust.retention.types import LONGEST_MONTHS, RULES, USUAL, Dropped, LogRetention, Periods

BATCH = 5_000
_DROP = "select private_dropped, core_dropped from app.drop_entry_parts(%s, %s, %s)"


@action
def set_log_retention(
    actor: Actor, *, rules: Collection[str] = (), private_months: int | None = None, core_months: int | None = None
) -> LogRetention:
    """Set how many months the log of the bound client says who did it, and what was done.

    Where no number is given, the longest of the usual period and what the rules demand is taken. What was
    dropped before does not come back when a period is made longer.

    Raises:
        NotFound: `actor` may not.
        Invalid: there is no such rule, or a period is longer than a century.
        BelowMinimum: a period is shorter than the minimum of the portal or of a rule.
        PartsOutOfOrder: who did it would outlive what was done.
    """
    access.require(actor, "log-retention:set")
    given = [months for months in (private_months, core_months) if months is not None]
    if not set(rules) <= set(RULES) or max(given, default=0) > LONGEST_MONTHS:
        raise Invalid
    least = queries.minimum(rules)
    usual = USUAL.longest(least)
    wanted = Periods(
        usual.private_months if private_months is None else private_months,
        usual.core_months if core_months is None else core_months,
    )
    if not wanted.covers(least):
        raise BelowMinimum
    if wanted.core_months < wanted.private_months:
        raise PartsOutOfOrder
    before = queries.retention_of(actor)
    LogPeriods.objects.update_or_create(
        client_id=actor.client,
        defaults={
            "rules": sorted(set(rules)),
            "private_months": wanted.private_months,
            "core_months": wanted.core_months,
            "set_by": actor.person_id,
            "set_at": clock.now(),
        },
    )
    audit.record(
        actor,
        Event.LOG_RETENTION_SET,
        rules=sorted(set(rules)),
        private_months=wanted.private_months,
        core_months=wanted.core_months,
        private_months_before=before.periods.private_months,
        core_months_before=before.periods.core_months,
    )
    return queries.retention_of(actor)


def drop_parts(actor: Actor) -> Dropped:
    """Drop the oldest parts that are over their period, a batch of each sort: for the worker alone.

    The entries stay, with their leaves, so the tree over them stays as it is. The database itself keeps what is
    younger than the periods, and everything while a hold is in the client.
    """
    with acting_as(actor):
        periods = queries.retention_of(actor).periods
        with connection.cursor() as cursor:
            cursor.execute(_DROP, [periods.private_months, periods.core_months, BATCH])
            dropped = Dropped(*cursor.fetchone())
        _record_shortened(actor, dropped=dropped, periods=periods)
    return dropped


@action
def _record_shortened(actor: Actor, *, dropped: Dropped, periods: Periods) -> None:
    audit.record(
        actor,
        Event.LOG_SHORTENED,
        private_dropped=dropped.private,
        core_dropped=dropped.core,
        private_months=periods.private_months,
        core_months=periods.core_months,
    )
