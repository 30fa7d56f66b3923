"""Whom acts on projects concern: who is to do a task, who made it, who leads the project, who was to be told."""

from collections.abc import Callable
from uuid import UUID

from django.urls import reverse

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.telling import Concerned, Told
from muniment.core.unit import acting_as
from muniment.portal.projects.models import Project, Task
from muniment.portal.projects.queries.tasks import people_on
from muniment.trust.audit.types import Event

NOBODY = Concerned(frozenset(), "")


def _given(told: Told) -> Concerned:
    """Return who a task is given to; those of the client's side where it is given to nobody of them."""
    return _of_task(told, lambda actor, row: {row.assignee_id} if row.assignee_id else _client(actor, row))


def _moved(told: Told) -> Concerned:
    """Return who made a task that is done or blocked, and who leads its project."""
    if told.facts.get("after") not in {"done", "blocked"}:
        return NOBODY
    return _of_task(told, lambda _actor, row: {row.created_by, row.project.lead_id})


def _due(told: Told) -> Concerned:
    """Return who is to do what is due soon, else who leads the project."""
    return _of_task(
        told, lambda actor, row: {row.assignee_id} if row.assignee_id else _client(actor, row) or {row.project.lead_id}
    )


def _stage(told: Told) -> Concerned:
    """Return everybody of the client who follows projects, and who leads this one."""
    return _of_project(told, lambda actor, row: {*people_on(actor, "client"), row.lead_id})


def _started(told: Told) -> Concerned:
    """Return everybody of the client who follows projects."""
    return _of_project(told, lambda actor, _row: {*people_on(actor, "client")})


def _told(told: Told) -> Concerned:
    """Return whom a rule names."""
    person = told.facts.get("person")
    if isinstance(person, str) and person:
        person = ids.private(person)
    return _of_project(told, lambda _actor, _row: {person if isinstance(person, UUID) else None})


CONCERNED: dict[Event, Callable[[Told], Concerned]] = {
    Event.PROJECT_STARTED: _started,
    Event.PROJECT_TOLD: _told,
    Event.STAGE_REACHED: _stage,
    Event.TASK_ADDED: _given,
    Event.TASK_ASSIGNED: _given,
    Event.TASK_MOVED: _moved,
    Event.TASK_DUE_SOON: _due,
}


def _of_task(told: Told, people: Callable[[Actor, Task], set[UUID | None] | set[UUID]]) -> Concerned:
    """Return those among `people` who may see the task: of one of the firm's own, its people alone."""
    if told.object_id is None:
        return NOBODY
    actor = Actor.system(told.client_id)
    with acting_as(actor):
        rows = Task.objects.filter(client_id=told.client_id, id=told.object_id, project__is_template=False)
        row = rows.select_related("project").first()
        if row is None:
            return NOBODY
        able = people_on(actor, "firm") if row.for_firm else people_on(actor, "firm") | people_on(actor, "client")
        url = reverse("projects:task", kwargs={"client_id": told.client_id, "task_id": row.id})
        return Concerned(able & set(people(actor, row)), url)


def _of_project(told: Told, people: Callable[[Actor, Project], set[UUID | None] | set[UUID]]) -> Concerned:
    if told.object_id is None:
        return NOBODY
    actor = Actor.system(told.client_id)
    with acting_as(actor):
        row = Project.objects.filter(client_id=told.client_id, id=told.object_id, is_template=False).first()
        if row is None:
            return NOBODY
        able = people_on(actor, "firm") | people_on(actor, "client")
        url = reverse("projects:project", kwargs={"client_id": told.client_id, "project_id": row.id})
        return Concerned(frozenset(able & set(people(actor, row))), url)


def _client(actor: Actor, row: Task) -> set[UUID]:
    """Return who of the client follows projects, for a task that is theirs."""
    return set(people_on(actor, "client")) if row.side == "client" else set()
