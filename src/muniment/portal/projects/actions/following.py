"""What happens after an act, in the background: rules are looked at, and tasks follow what they point to."""

from uuid import UUID

from procrastinate.contrib.django import app as jobs

from muniment.core.actor import Actor
from muniment.portal.projects.models import Project, Task
from muniment.portal.projects.types import UNDER_WAY

RUN_RULES = "projects.run_rules"
FOLLOW_THING = "projects.follow_thing"


def run_rules_later(project: Project, depth: int = 0) -> None:
    """Have the rules of a project looked at once this act is committed; `depth` rules led here already.

    Whether there are any is not asked here: to a contact there are none.
    """
    if project.is_template:
        return
    task = jobs.configure_task(RUN_RULES, lock=f"{RUN_RULES} {project.id}")
    task.defer(client_id=str(project.client_id), project_id=str(project.id), depth=depth)


def follow_later(kind: str, actor: Actor, thing_id: UUID) -> None:
    """Have each task that points to a thing looked at once this act is committed: it may be done now."""
    rows = Task.objects.filter(client_id=actor.client, thing_id=thing_id, thing_kind=kind, state__in=UNDER_WAY)
    for task_id in rows.values_list("id", flat=True):
        jobs.configure_task(FOLLOW_THING).defer(client_id=str(actor.client), task_id=str(task_id))
