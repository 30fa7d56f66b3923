"""Write down that a drill begins, and how it ended: for the agent and for the command on the host."""

from datetime import datetime
from typing import Any
from uuid import UUID

from muniment.assurance.continuity import statements
from muniment.assurance.continuity.errors import NotRunning
from muniment.assurance.continuity.models import Drill
from muniment.assurance.continuity.queries.drills import drill_facts
from muniment.assurance.continuity.types import Check, DrillFacts
from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.unit import action
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event


@action
def begin_drill(actor: Actor, *, backup_id: UUID | None) -> DrillFacts:
    """Begin a drill with a backup; one that was interrupted before it could end has failed by now.

    Raises:
        NotFound: `actor` may not.
    """
    access.require(actor, "backup:run")
    Drill.objects.filter(state="running").update(state="failed", ended_at=clock.now())
    drill = Drill.objects.create(backup_id=backup_id)
    audit.record(actor, Event.DRILL_BEGUN, drill, backup=backup_id)
    return drill_facts(drill)


@action
def end_drill(
    actor: Actor,
    *,
    drill_id: UUID,
    checks: list[Check],
    moment: datetime | None,
    loss_seconds: float | None,
    recovery_seconds: float | None,
    facts: dict[str, Any],
) -> DrillFacts:
    """End a drill: it passed if nothing it looked at failed. The report says all of this, and `facts`, and is signed.

    Raises:
        NotFound: `actor` may not.
        NotRunning: it has ended before.
        KeyServiceDown: nothing can be signed now; the drill stays open.
    """
    access.require(actor, "backup:run")
    drill = Drill.objects.select_for_update().filter(id=drill_id, state="running").first()
    if drill is None:
        raise NotRunning
    passed = bool(checks) and all(check.outcome != "failed" for check in checks)
    drill.state, drill.ended_at, drill.moment = "passed" if passed else "failed", clock.now(), moment
    drill.loss_seconds, drill.recovery_seconds = loss_seconds, recovery_seconds
    drill.checks = [{"name": one.name, "outcome": one.outcome, "amount": one.amount} for one in checks]
    drill.report = statements.written(_report(drill, facts))
    drill.signature = statements.signature_of(drill.report)
    drill.save()
    failed = [check.name for check in checks if check.outcome == "failed"]
    audit.record(
        actor, Event.DRILL_ENDED, drill, state=drill.state, failed=failed, loss=loss_seconds, recovery=recovery_seconds
    )
    return drill_facts(drill)


def _report(drill: Drill, facts: dict[str, Any]) -> dict[str, Any]:
    return {
        **facts,
        "is": "muniment drill report v1",
        "id": ids.public(drill.id),
        "state": drill.state,
        "started_at": drill.started_at.isoformat(),
        "ended_at": drill.ended_at.isoformat() if drill.ended_at else None,
        "backup": ids.public(drill.backup_id) if drill.backup_id else None,
        "moment": drill.moment.isoformat() if drill.moment else None,
        "loss_seconds": drill.loss_seconds,
        "recovery_seconds": drill.recovery_seconds,
        "checks": drill.checks,
    }
