"""Keep the index true to projects and their tasks, so that they are found by words.

It happens in the transaction of the act. What was written while the search was off is read in the background. None of
it leaves entries: the acts that cause it do. Templates lie in the firm's own space and are not looked for.
"""

from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.portal.projects.models import Project, Task
from muniment.trust.vault import actions as vault

BATCH = 200
PROJECT, TASK, _EDITION, _WHOLE = "project", "task", 1, "whole"


def put_project(row: Project) -> None:
    """Let a project be found as it reads now; the caller holds the row, saved."""
    if row.is_template:
        return
    thing = vault.index.Thing(row.id, PROJECT, row.name, "", row.id, row.created_at, _EDITION)
    vault.index.put_text(row.client_id, thing, row.about, _WHOLE)


def put_task(project: Project, row: Task) -> None:
    """Let a task be found as it reads now; the caller holds the row, saved."""
    if project.is_template:
        return
    thing = vault.index.Thing(row.id, TASK, row.title, "", project.id, row.created_at, _EDITION)
    vault.index.put_text(row.client_id, thing, row.about, _WHOLE)


def index_client(actor: Actor) -> int:
    """Index what is not indexed of the client's projects and tasks; return how many that were. For the portal itself.

    What is indexed as it should be is passed over, so it can be stopped anywhere.
    """
    return _each(actor, Project) + _each(actor, Task)


def _each(actor: Actor, model: type[Project | Task]) -> int:
    count, after = 0, None
    while True:
        with acting_as(actor):
            batch = _next(actor, model, after) if vault.index.is_on(actor.client) else []
            if not batch:
                return count
            known = vault.index.states(actor.client, dict.fromkeys(batch))
            missing = [one for one in batch if one not in known or not known[one].is_true(_EDITION)]
            for row in model.objects.select_for_update().filter(client_id=actor.client, id__in=missing):
                if isinstance(row, Task):
                    put_task(Project.objects.get(client_id=actor.client, id=row.project_id), row)
                else:
                    put_project(row)
                count += 1
            after = batch[-1]


def _next(actor: Actor, model: type[Project | Task], after: UUID | None) -> list[UUID]:
    rows = model.objects.filter(client_id=actor.client).order_by("id")
    rows = rows if after is None else rows.filter(id__gt=after)
    return list(rows.values_list("id", flat=True)[:BATCH])
