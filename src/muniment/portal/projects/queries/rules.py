"""The rules of a project, and which of them are due."""

from typing import cast
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import query
from muniment.portal.projects.models import Project, Rule, Task
from muniment.portal.projects.queries.projects import sees_firm, today
from muniment.portal.projects.types import OVER, Effect, RuleFacts, Side, Trigger
from muniment.trust.access import queries as access


@query
def rules(actor: Actor, project_id: UUID) -> list[RuleFacts]:
    """Return the rules of a project, oldest first.

    Raises:
        NotFound: there is no such project, or the actor may not set its rules.
    """
    if not sees_firm(actor):
        raise NotFound
    row = access.find(actor, "project:set", Project, project_id)
    return [rule_facts(rule) for rule in Rule.objects.filter(client_id=actor.client, project_id=row.id).order_by("id")]


@query
def rule(actor: Actor, rule_id: UUID) -> RuleFacts:
    """Return one rule.

    Raises:
        NotFound: there is none, or the actor may not set it.
    """
    if not sees_firm(actor):
        raise NotFound
    return rule_facts(access.find(actor, "project:set", Rule, rule_id))


@query
def due_rules(actor: Actor, project_id: UUID | None = None) -> list[UUID]:
    """Return the rules that are set off now and did not run yet, oldest first: of a project, or of the whole client.

    Of the whole client those that their day sets off, but none whose run was refused: they wait for a change of their
    project, which asks for its rules. To the portal itself those that send a checklist are not, where requests are
    switched off.
    """
    rows = Rule.objects.filter(client_id=actor.client, ran_at=None, project__closed_at=None, project__is_template=False)
    rows = rows.filter(project_id=project_id) if project_id else rows.filter(trigger="date", refused="")
    if actor.kind == "system" and access.is_part_off(actor.client, "requests"):
        rows = rows.exclude(effect="send-checklist")
    return [row.id for row in rows.order_by("id") if is_due(row)]


def is_due(row: Rule) -> bool:
    """Return whether what sets a rule off is so now, in the transaction that is open.

    A stage in which there was never a task is not done.
    """
    if row.trigger == "date":
        return row.on_date is not None and row.on_date <= today()
    tasks = Task.objects.filter(client_id=row.client_id)
    if row.trigger == "thing-done":
        return row.task_id is not None and tasks.filter(id=row.task_id, state="done").exists()
    if row.stage_id is None:
        return False
    states = set(tasks.filter(stage_id=row.stage_id).values_list("state", flat=True))
    return bool(states) and states <= set(OVER) and "done" in states


def rule_facts(row: Rule) -> RuleFacts:
    """Return a rule as a value."""
    return RuleFacts(
        id=row.id,
        project_id=row.project_id,
        trigger=cast("Trigger", row.trigger),
        stage_id=row.stage_id,
        task_id=row.task_id,
        on_date=row.on_date,
        on_day=row.on_day,
        effect=cast("Effect", row.effect),
        to_stage_id=row.to_stage_id,
        title=row.title,
        side=cast("Side", row.side),
        person_id=row.person_id,
        days=row.days,
        checklist_template_id=row.checklist_template_id,
        for_firm=row.for_firm,
        ran_at=row.ran_at,
        refused_at=row.refused_at,
        refused=row.refused,
        version=row.version,
    )
