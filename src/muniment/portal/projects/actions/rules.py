"""Make rules, remove them, and let them run."""

from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound, PortalError
from muniment.core.unit import action
from muniment.portal.projects import texts
from muniment.portal.projects.actions.finding import insist_firm, locked_project
from muniment.portal.projects.actions.following import run_rules_later
from muniment.portal.projects.actions.projects import come_to
from muniment.portal.projects.actions.sending import send
from muniment.portal.projects.actions.tasks import make_task
from muniment.portal.projects.errors import ChainTooLong, MovedOn, NotDueYet, NotForPerson, RuleIncomplete, TooMany
from muniment.portal.projects.models import Project, Rule, Stage, Task
from muniment.portal.projects.queries.projects import today
from muniment.portal.projects.queries.rules import is_due, rule_facts
from muniment.portal.projects.queries.tasks import people_on
from muniment.portal.projects.queries.things import is_there
from muniment.portal.projects.types import (
    CHAIN_MOST,
    EFFECTS,
    RULES_MOST,
    SIDES,
    TRIGGERS,
    Dates,
    RuleFacts,
    RuleValues,
    Side,
    TaskValues,
)
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event


@action
def add_rule(actor: Actor, *, project_id: UUID, values: RuleValues) -> RuleFacts:
    """Make a rule of a project or template: what sets it off, and what happens then. It runs once.

    Raises:
        NotFound: there is no such project, or the actor may not change it.
        ProjectOver: it is closed.
        RuleIncomplete: a stage, task, day or person that it needs is not said, or is not of the project.
        NotForPerson: who it is about is not on that side.
        TextRefused: the title of the task it makes cannot be used.
        TooMany: the project has 40 rules.
    """
    insist_firm(actor)
    project = locked_project(actor, "project:set", project_id)
    if Rule.objects.filter(client_id=actor.client, project_id=project.id).count() >= RULES_MOST:
        raise TooMany
    row = Rule(client_id=actor.client, project_id=project.id, created_by=actor.person_id)
    _fill(actor, project, row, values)
    row.save(force_insert=True)
    audit.record(actor, Event.PROJECT_RULE_SET, row, project=project.id, trigger=row.trigger, effect=row.effect)
    run_rules_later(project)
    return rule_facts(row)


@action
def change_rule(actor: Actor, *, rule_id: UUID, version: int, values: RuleValues) -> RuleFacts:
    """Say anew what sets a rule off and what it does; one that ran can run once more.

    Raises:
        MovedOn: somebody changed it since `version` was read.
        NotFound, ProjectOver, RuleIncomplete, NotForPerson, TextRefused: as `add_rule`.
    """
    project, row = _locked_rule(actor, rule_id)
    if row.version != version:
        raise MovedOn
    row.version, row.ran_at = version + 1, None
    row.refused, row.refused_at = "", None
    _fill(actor, project, row, values)
    row.save()
    audit.record(actor, Event.PROJECT_RULE_SET, row, project=project.id, trigger=row.trigger, effect=row.effect)
    run_rules_later(project)
    return rule_facts(row)


@action
def remove_rule(actor: Actor, *, rule_id: UUID) -> None:
    """Remove a rule; what it did stays.

    Raises:
        NotFound: there is none, or the actor may not change it.
        ProjectOver: its project is closed.
    """
    project, row = _locked_rule(actor, rule_id)
    audit.record(actor, Event.PROJECT_RULE_REMOVED, row, project=project.id)
    row.delete()


@action
def run_rule(actor: Actor, *, rule_id: UUID, depth: int = 0) -> None:
    """Do what a rule says, because what sets it off is so: the portal does it by itself, or somebody now.

    `depth` is how many rules led here one after the other. What follows from this one is looked at afterwards.

    Raises:
        NotFound: there is no such rule, or the actor may not change it.
        NotDueYet: what sets it off is not so, or it ran before.
        ChainTooLong: eight rules led here; this one waits until somebody looks.
    """
    project, row = _locked_rule(actor, rule_id)
    if row.ran_at is not None or project.is_template or not is_due(row):
        raise NotDueYet
    if depth >= CHAIN_MOST:
        raise ChainTooLong
    row.ran_at, row.refused, row.refused_at = clock.now(), "", None
    row.save(update_fields=["ran_at", "refused", "refused_at"])
    facts = {"project": project.id, "trigger": row.trigger, "effect": row.effect, "depth": depth}
    audit.record(actor, Event.PROJECT_RULE_RAN, row, **facts, person=row.person_id)
    _DO[row.effect](actor, project, row)
    run_rules_later(project, depth + 1)


@action
def try_rule(actor: Actor, *, rule_id: UUID, depth: int = 0) -> None:
    """Let a rule run by itself; a refusal is no error then: nothing happens, and the rule says why.

    Raises:
        NotFound: there is no such rule, or the actor may not change it.
        ProjectOver: its project is closed.
        NotDueYet: what sets it off is not so, or it ran before.
        PortalError: the portal cannot do it for now, whatever the rule says; it is worth trying again.
    """
    project, row = _locked_rule(actor, rule_id)
    try:
        run_rule(actor, rule_id=rule_id, depth=depth)
    except NotDueYet:
        raise
    except PortalError as refusal:
        if refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        row.refused, row.refused_at = refusal.code, clock.now()
        row.save(update_fields=["refused", "refused_at"])
        audit.record(actor, Event.PROJECT_RULE_REFUSED, row, project=project.id, rule=refusal.code)


def _next_stage(actor: Actor, project: Project, row: Rule) -> None:
    """Bring the project to the stage that the rule names, or to the one behind where it stands; the last is the end."""
    order = list(
        Stage.objects.filter(client_id=actor.client, project_id=project.id)
        .order_by("place", "id")
        .values_list("id", flat=True)
    )
    after = order[order.index(project.stage_id) + 1 :] if project.stage_id in order else order
    stage_id = row.to_stage_id or (after[0] if after else None)
    if stage_id is not None and stage_id != project.stage_id:
        project.version += 1
        come_to(actor, project, stage_id, rule=row.id)


def _create_task(actor: Actor, project: Project, row: Rule) -> None:
    due = today() + timedelta(days=row.days) if row.days is not None else None
    side: Side = "client" if row.side == "client" else "firm"
    person_id = row.person_id if row.person_id in people_on(actor, side) else None  # who may have left since
    values = TaskValues(
        title=row.title, side=side, assignee_id=person_id, dates=Dates(due_on=due), for_firm=row.for_firm
    )
    make_task(actor, project, row.to_stage_id or row.stage_id or _first_stage(project), values, rule_id=row.id)


def _notify(actor: Actor, project: Project, row: Rule) -> None:
    """Write down whom the rule tells: the entry is what notices follow."""
    audit.record(actor, Event.PROJECT_TOLD, project, rule=row.id, person=row.person_id)


def _first_stage(project: Project) -> UUID:
    if project.stage_id is not None:
        return project.stage_id
    return Stage.objects.filter(client_id=project.client_id, project_id=project.id).earliest("place").id


def _send_checklist(actor: Actor, project: Project, row: Rule) -> None:
    """Send the checklist, and make the task that follows it."""
    if row.checklist_template_id is None:
        raise RuleIncomplete
    sent = send(actor, row.checklist_template_id)
    due = today() + timedelta(days=row.days) if row.days is not None else sent.next_due
    values = TaskValues(
        title=sent.title, side="client", dates=Dates(due_on=due), thing_kind="checklist", thing_id=sent.id
    )
    make_task(actor, project, row.stage_id or _first_stage(project), values, rule_id=row.id)


_DO = {
    "next-stage": _next_stage,
    "create-task": _create_task,
    "notify": _notify,
    "send-checklist": _send_checklist,
}


def _locked_rule(actor: Actor, rule_id: UUID) -> tuple[Project, Rule]:
    insist_firm(actor)
    found = access.find(actor, "project:set", Rule, rule_id)
    project = locked_project(actor, "project:set", found.project_id)
    row = Rule.objects.filter(client_id=actor.client, id=rule_id).first()
    if row is None:
        raise NotFound
    return project, row


def _fill(actor: Actor, project: Project, row: Rule, values: RuleValues) -> None:
    """Put what somebody said into a rule, without what its trigger and effect do not ask for."""
    if values.trigger not in TRIGGERS or values.effect not in EFFECTS or values.side not in SIDES:
        raise RuleIncomplete
    row.trigger, row.effect, row.side = values.trigger, values.effect, values.side
    row.stage_id = values.stage_id if values.trigger == "stage-done" else None
    row.task_id = values.task_id if values.trigger == "thing-done" else None
    is_dated = values.trigger == "date"
    row.on_date = values.on_date if is_dated and not project.is_template else None
    row.on_day = values.on_day if is_dated and project.is_template else None
    if all(said is None for said in (row.stage_id, row.task_id, row.on_date, row.on_day)):
        raise RuleIncomplete
    makes, tells = values.effect == "create-task", values.effect == "notify"
    row.to_stage_id = values.to_stage_id if makes or values.effect == "next-stage" else None
    row.title = texts.name(values.title) if makes else ""
    row.days = values.days if makes or values.effect == "send-checklist" else None
    row.for_firm = values.for_firm and makes and values.side == "firm"
    row.person_id = values.person_id if makes or tells else None
    row.checklist_template_id = values.checklist_template_id if values.effect == "send-checklist" else None
    _insist_whole(actor, project, row)


def _insist_whole(actor: Actor, project: Project, row: Rule) -> None:
    """Insist that all a rule speaks of is there, and of its project."""
    stages = set(Stage.objects.filter(client_id=actor.client, project_id=project.id).values_list("id", flat=True))
    if {row.stage_id, row.to_stage_id} - {None} - stages or not stages:
        raise RuleIncomplete
    tasks = Task.objects.filter(client_id=actor.client, project_id=project.id)
    if row.task_id is not None and not tasks.filter(id=row.task_id).exists():
        raise RuleIncomplete
    if row.days is not None and not 0 <= row.days <= 3660:  # noqa: PLR2004 - ten years
        raise RuleIncomplete
    if row.effect == "notify" and row.person_id is None:
        raise RuleIncomplete
    if row.effect == "send-checklist" and not is_there(actor, "checklist-template", row.checklist_template_id):
        raise RuleIncomplete
    sides: tuple[Side, ...] = ("firm", "client") if row.effect == "notify" else (row.side,)  # type: ignore[assignment]
    if row.person_id is not None and not any(row.person_id in people_on(actor, side) for side in sides):
        raise NotForPerson
