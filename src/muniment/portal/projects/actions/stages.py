"""Add stages to a project, rename them, put them in order, remove them."""

from uuid import UUID

from django.db.models import Q

from muniment.core.actor import Actor
from muniment.core.unit import action
from muniment.portal.projects import texts
from muniment.portal.projects.actions.finding import insist_firm, insist_unchanged, locked_project, locked_stage
from muniment.portal.projects.errors import StageInUse, TooMany
from muniment.portal.projects.models import Rule, Stage, Task
from muniment.portal.projects.queries.projects import stage_facts
from muniment.portal.projects.types import STAGES_MOST, StageFacts
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event


@action
def add_stage(actor: Actor, *, project_id: UUID, name: str) -> StageFacts:
    """Add a stage behind the others; a project that stood in none stands in it.

    Raises:
        NotFound: there is no such project, or the actor may not change it.
        ProjectOver: it is closed.
        TextRefused: the name cannot be used.
        TooMany: it has 30 stages.
    """
    insist_firm(actor)
    project = locked_project(actor, "project:set", project_id)
    count = Stage.objects.filter(client_id=actor.client, project_id=project.id).count()
    if count >= STAGES_MOST:
        raise TooMany
    row = Stage.objects.create(client_id=actor.client, project_id=project.id, name=texts.name(name), place=count)
    if project.stage_id is None and not project.is_template:
        project.stage_id = row.id
        project.save(update_fields=["stage"])
    audit.record(actor, Event.STAGE_ADDED, row, project=project.id)
    return stage_facts(row)


@action
def rename_stage(actor: Actor, *, stage_id: UUID, version: int, name: str) -> StageFacts:
    """Give a stage another name.

    Raises:
        NotFound: there is none, or the actor may not change it.
        MovedOn: somebody changed it since `version` was read.
        ProjectOver: its project is closed.
        TextRefused: the name cannot be used.
    """
    insist_firm(actor)
    project, row = locked_stage(actor, "project:set", stage_id)
    insist_unchanged(row, version)
    row.name = texts.name(name)
    row.save(update_fields=["name", "version"])
    audit.record(actor, Event.STAGE_RENAMED, row, project=project.id)
    return stage_facts(row)


@action
def place_stage(actor: Actor, *, stage_id: UUID, place: int) -> int:
    """Put a stage to a place among the others, counted from 0, and return where it stands; too far is the end.

    Raises:
        NotFound: there is none, or the actor may not change it.
        ProjectOver: its project is closed.
    """
    insist_firm(actor)
    project, row = locked_stage(actor, "project:set", stage_id)
    others = Stage.objects.filter(client_id=actor.client, project_id=project.id).exclude(id=row.id)
    order = list(others.order_by("place", "id").values_list("id", flat=True))
    at = min(max(place, 0), len(order))
    order.insert(at, row.id)
    for number, identifier in enumerate(order):
        Stage.objects.filter(client_id=actor.client, id=identifier).update(place=number)
    audit.record(actor, Event.STAGE_PLACED, row, project=project.id, place=at)
    return at


@action
def remove_stage(actor: Actor, *, stage_id: UUID) -> None:
    """Remove a stage in which nothing is.

    Raises:
        NotFound: there is none, or the actor may not change it.
        ProjectOver: its project is closed.
        StageInUse: it has tasks, the project stands in it, or a rule speaks of it.
    """
    insist_firm(actor)
    project, row = locked_stage(actor, "project:set", stage_id)
    tasks = Task.objects.filter(client_id=actor.client, stage_id=row.id)
    rules = Rule.objects.filter(Q(stage_id=row.id) | Q(to_stage_id=row.id), client_id=actor.client)
    if project.stage_id == row.id or tasks.exists() or rules.exists():
        raise StageInUse
    audit.record(actor, Event.STAGE_REMOVED, row, project=project.id)
    row.delete()
