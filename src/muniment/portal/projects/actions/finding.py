"""Find a project to change something in it, one change at a time."""

from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.portal.projects.errors import MovedOn, ProjectOver
from muniment.portal.projects.models import Project, Stage, Task
from muniment.portal.projects.queries.projects import sees_firm
from muniment.portal.projects.queries.tasks import find_task
from muniment.trust.access import queries as access


def locked_project(actor: Actor, verb: str, project_id: UUID, *, closed: bool = False) -> Project:
    """Return a project that the actor may do `verb` with, so that one change in it waits for another.

    Raises:
        NotFound: there is none, or it is not for this actor.
        ProjectOver: it is closed, and `closed` does not say that it may be.
    """
    access.find(actor, verb, Project, project_id)
    return _locked(actor, project_id, closed=closed)


def locked_task(actor: Actor, verb: str, task_id: UUID) -> tuple[Project, Task]:
    """Return a task that the actor may do `verb` with, and its project, as no other change moves them now.

    Raises:
        NotFound: there is none, or it is not for this actor.
        ProjectOver: its project is closed.
    """
    found = find_task(actor, verb, task_id)
    project = _locked(actor, found.project_id)
    return project, Task.objects.get(client_id=actor.client, id=task_id)  # as it is now that nobody else changes it


def locked_stage(actor: Actor, verb: str, stage_id: UUID) -> tuple[Project, Stage]:
    """Return a stage that the actor may do `verb` with, and its project; raises as `locked_task`."""
    found = access.find(actor, verb, Stage, stage_id)
    project = _locked(actor, found.project_id)
    row = Stage.objects.filter(client_id=actor.client, id=stage_id).first()
    if row is None:
        raise NotFound
    return project, row


def insist_unchanged(row: Project | Stage | Task, version: int) -> None:
    """Insist that a locked row is still as it was read, and count its next version.

    Raises:
        MovedOn: somebody changed it since.
    """
    if row.version != version:
        raise MovedOn
    row.version = version + 1


def insist_firm(actor: Actor) -> None:
    """Insist that it is somebody of the firm, or the portal itself.

    Raises:
        NotFound: it is not.
    """
    if not sees_firm(actor):
        raise NotFound


def _locked(actor: Actor, project_id: UUID, *, closed: bool = False) -> Project:
    rows = Project.objects.select_for_update(no_key=True, of=("self",))
    row = rows.get(client_id=actor.client, id=project_id)
    if row.closed_at is not None and not closed:
        raise ProjectOver
    return row
