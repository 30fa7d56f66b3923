"""One task, whom it can be given to, and what it can point to."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import query
from muniment.portal.projects.models import Project, Task
from muniment.portal.projects.queries.projects import (
    needs_of,
    project_facts,
    seen,
    sees_firm,
    stage_facts,
    stages_of,
    task_facts,
    tasks_of,
)
from muniment.portal.projects.types import ProjectFacts, Side, StageFacts, TaskFacts
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients


@dataclass(frozen=True)
class TaskPage:
    """A task with its project and the tasks around it."""

    project: ProjectFacts
    stages: list[StageFacts]
    task: TaskFacts
    first: list[TaskFacts]
    after: list[TaskFacts]
    others: list[TaskFacts]
    may_set: bool
    may_move: bool


@query
def task(actor: Actor, task_id: UUID) -> TaskFacts:
    """Return one task.

    Raises:
        NotFound: there is none, or it is not for this actor.
    """
    row = find_task(actor, "project:view", task_id)
    needs = needs_of(actor, row.project_id).get(row.id, frozenset())
    states = dict(seen(actor).filter(id__in=needs).values_list("id", "state"))
    return task_facts(row, needs, states)


@query
def task_page(actor: Actor, task_id: UUID) -> TaskPage:
    """Return a task, what comes before and after it, and what the actor may do with it.

    Raises:
        NotFound: there is none, or it is not for this actor.
    """
    row = find_task(actor, "project:view", task_id)
    project = Project.objects.get(client_id=actor.client, id=row.project_id)
    tasks = tasks_of(actor, project)
    here = replace(next(one for one in tasks if one.id == task_id), about=row.about)
    reaches = access.reaches(actor, ("project:set", "task:move"))
    is_under_way = not project.is_template and project.closed_at is None
    mine = sees_firm(actor) or here.side == "client"
    return TaskPage(
        project=project_facts(project),
        stages=[stage_facts(stage) for stage in stages_of(project)],
        task=here,
        first=[one for one in tasks if one.id in here.needs],
        after=[one for one in tasks if here.id in one.needs],
        others=[one for one in tasks if one.id != here.id and one.id not in here.needs],
        may_set=reaches["project:set"].whole and sees_firm(actor),
        may_move=reaches["task:move"].whole and is_under_way and mine,
    )


def find_task(actor: Actor, verb: str, task_id: UUID) -> Task:
    """Return the task that the actor may do `verb` with, in the transaction that is open.

    Raises:
        NotFound: there is none, it is the firm's own, or it is not for this actor.
    """
    row = access.find(actor, verb, Task, task_id)
    if row.for_firm and not sees_firm(actor):
        raise NotFound
    return row


def people_on(actor: Actor, side: Side) -> frozenset[UUID]:
    """Return who of one side may follow the projects of the actor's client: those to whom tasks can be given."""
    kind = "staff" if side == "firm" else "contact"
    here = {member.person_id for member in clients.members(actor) if member.kind == kind}
    return access.holders(actor, "project:view") & here


@query
def people_to_assign(actor: Actor) -> dict[Side, frozenset[UUID]]:
    """Return to whom tasks of each side can be given.

    Raises:
        NotFound: the actor may not follow projects here.
    """
    access.require(actor, "project:view")
    return {"firm": people_on(actor, "firm"), "client": people_on(actor, "client")}


@query
def tasks_seen(actor: Actor, task_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return those among some tasks that the actor may see."""
    if not access.reach(actor, "project:view").whole:
        return frozenset()
    return frozenset(seen(actor).filter(id__in=set(task_ids)).values_list("id", flat=True))


@query
def task_names(actor: Actor, task_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return what those among some tasks are called that the actor may see."""
    if not access.reach(actor, "project:view").whole:
        return {}
    return {row.id: row.title for row in seen(actor).filter(id__in=set(task_ids))}
