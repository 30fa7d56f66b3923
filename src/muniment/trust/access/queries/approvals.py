"""Acts that two people must want, as far as they concern the one who looks."""

from muniment.core.actor import Actor
from muniment.core.unit import query
from muniment.trust.access.models import Approval
from muniment.trust.access.queries.deciding import reach
from muniment.trust.access.types import ApprovalFacts


@query
def approvals(actor: Actor, *, act: str = "", open_only: bool = True) -> list[ApprovalFacts]:
    """Return what waits for a second person or for its moment in the actor's client, newest first.

    Only acts that the actor may do are shown: who may not ask may not decide either. `act` narrows to one.
    """
    rows = Approval.objects.filter(client_id=actor.client).order_by("-id")
    rows = rows.filter(act=act) if act else rows
    rows = rows.filter(state__in=["asked", "approved"]) if open_only else rows
    mine = {name: reach(actor, name).whole for name in set(rows.values_list("act", flat=True))}
    return [approval_facts(row) for row in rows if mine[row.act]]


def approval_facts(row: Approval) -> ApprovalFacts:
    """Return an approval as a value."""
    return ApprovalFacts(
        id=row.id,
        act=row.act,
        object_kind=row.object_kind,
        object_id=row.object_id,
        state=row.state,
        reason=row.reason,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        not_before=row.not_before,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        decision=row.decision,
        ended_by=row.ended_by,
        ended_at=row.ended_at,
    )
