"""Drills that were held, and what they measured beside what was promised."""

from datetime import timedelta
from typing import Final

from muniment.assurance.continuity.models import Drill
from muniment.assurance.continuity.queries.backups import last_backup
from muniment.assurance.continuity.types import Check, DrillFacts, Measured, Objectives
from muniment.core import clock, config
from muniment.core.actor import Actor
from muniment.core.unit import query
from muniment.trust.access import queries as access
from muniment_verify.notes import format_note

YEAR: Final = timedelta(days=366)


def drill_facts(drill: Drill) -> DrillFacts:
    """Return one drill as a value."""
    return DrillFacts(
        id=drill.id,
        state=drill.state,  # type: ignore[arg-type] # a constraint of the table
        started_at=drill.started_at,
        ended_at=drill.ended_at,
        backup_id=drill.backup_id,
        moment=drill.moment,
        loss_seconds=drill.loss_seconds,
        recovery_seconds=drill.recovery_seconds,
        checks=tuple(Check(one["name"], one["outcome"], one["amount"]) for one in drill.checks),
        report=drill.report,
        signature=drill.signature,
    )


@query
def drills(actor: Actor, *, limit: int) -> list[DrillFacts]:
    """Return the newest drills, newest first.

    Raises:
        NotFound: `actor` may not see them.
    """
    access.require(actor, "backup:read")
    return [drill_facts(row) for row in Drill.objects.order_by("-started_at")[:limit]]


def last_drill() -> DrillFacts | None:
    """Return the newest drill that has ended, to the portal itself."""
    found = Drill.objects.exclude(state="running").order_by("-started_at").first()
    return drill_facts(found) if found else None


def drill_note(drill: DrillFacts) -> str:
    """Return the report of a drill that has ended with its signature, as a signed note."""
    return format_note(drill.report, [drill.signature])


def objectives() -> Objectives:
    """Return what was promised and what a year of drills measured, to the portal itself."""
    now, present = clock.now(), config.current()
    rows = Drill.objects.filter(started_at__gte=now - YEAR, loss_seconds__isnull=False, recovery_seconds__isnull=False)
    found = rows.order_by("started_at").values_list("started_at", "loss_seconds", "recovery_seconds")
    moments = [backup.moment for kind in ("wal", "base") if (backup := last_backup(kind)) and backup.moment]
    return Objectives(
        rpo_seconds=present.rpo_minutes * 60.0,
        rto_seconds=present.rto_minutes * 60.0,
        measured=tuple(Measured(at, loss or 0, recovery or 0) for at, loss, recovery in found),
        age_seconds=(now - max(moments)).total_seconds() if moments else None,
    )
