"""Extra rules: which hold, which wait, which held; and what one would have refused in the last month."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import query
from muniment.trust.access.conditions.models import AccessRule
from muniment.trust.access.conditions.replaying import replayed
from muniment.trust.access.conditions.rules import Replay, Rule
from muniment.trust.access.models import Approval
from muniment.trust.access.queries.approvals import approval_facts
from muniment.trust.access.queries.conditions import roles_here
from muniment.trust.access.queries.deciding import may, require
from muniment.trust.access.types import RuleFacts

ACT = "rule:set"


@query
def rules(actor: Actor) -> list[RuleFacts]:
    """Return every version of the client's extra rules, the newest first: those that hold, wait, or held.

    Raises:
        NotFound: `actor` may not read conditions.
    """
    require(actor, "conditions:read")
    return _shown_to(actor, _facts(AccessRule.objects.filter(client_id=actor.client).order_by("-id")))


@query
def rule_versions(actor: Actor, rule_id: UUID) -> list[RuleFacts]:
    """Return every version of one rule, the newest first.

    Raises:
        NotFound: there is no such rule, or `actor` may not read conditions.
    """
    require(actor, "conditions:read")
    found = _facts(AccessRule.objects.filter(client_id=actor.client, rule_id=rule_id).order_by("-version"))
    if not found:
        raise NotFound
    return _shown_to(actor, found)


@query
def replay(actor: Actor, rule: Rule) -> Replay:
    """Return what a rule would have refused in the client's last month.

    Raises:
        NotFound: `actor` may not set rules.
    """
    require(actor, ACT)
    return replayed(actor, rule, roles_here)


def _shown_to(actor: Actor, found: list[RuleFacts]) -> list[RuleFacts]:
    """Leave out who did what, which is the log's, for who neither sets rules nor reads the log."""
    if may(actor, ACT) or may(actor, "log:read"):
        return found
    return [replace(facts, replay=replace(facts.replay, first=())) for facts in found]


def rule_facts(row: AccessRule) -> RuleFacts:
    """Return one version of a rule as a value."""
    return _facts([row])[0]


def _facts(rows: Iterable[AccessRule]) -> list[RuleFacts]:
    """Return versions as values, each with the approvals about it, the oldest first."""
    known = list(rows)
    about: dict[UUID, list[Approval]] = {}
    for approval in Approval.objects.filter(act=ACT, object_id__in=[row.id for row in known]).order_by("id"):
        about.setdefault(approval.object_id, []).append(approval)
    return [
        RuleFacts(
            id=row.id,
            rule_id=row.rule_id,
            version=row.version,
            rule=Rule.from_json(row.body),
            replay=Replay.from_json(row.replay),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            approvals=tuple(approval_facts(one) for one in about.get(row.id, ())),
        )
        for row in known
    ]
