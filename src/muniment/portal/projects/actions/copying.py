"""Read all that a project is made of, and put it into another one: between a client's space and the firm's."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from muniment.core.actor import Actor
from muniment.portal.projects.actions.indexing import put_task
from muniment.portal.projects.models import Need, Project, Rule, Stage, Task

_TASK = ("title", "about", "side", "for_firm")
_RULE = ("trigger", "effect", "title", "side", "days", "checklist_template_id", "for_firm")


@dataclass(frozen=True)
class Copy:
    """Stages, tasks, needs and rules as plain values, known by the ids they had."""

    stages: list[tuple[UUID, str]] = field(default_factory=list)
    tasks: list[tuple[UUID, dict[str, Any]]] = field(default_factory=list)
    needs: list[tuple[UUID, UUID]] = field(default_factory=list)
    rules: list[dict[str, Any]] = field(default_factory=list)


def read(project: Project) -> Copy:
    """Return what a project is made of, in the transaction that is open; dropped tasks stay behind."""
    of = {"client_id": project.client_id}
    stages = Stage.objects.filter(**of, project_id=project.id).order_by("place", "id")
    tasks = Task.objects.filter(**of, project_id=project.id).exclude(state="dropped").order_by("place", "id")
    kept = [(row.id, _task(project, row)) for row in tasks]
    known = {task_id for task_id, _ in kept}
    needs = Need.objects.filter(**of, task__project_id=project.id).values_list("task_id", "first_id")
    rules = Rule.objects.filter(**of, project_id=project.id).order_by("id")
    return Copy(
        stages=[(row.id, row.name) for row in stages],
        tasks=kept,
        needs=[pair for pair in needs if set(pair) <= known],
        rules=[_rule(project, row) for row in rules if row.task_id is None or row.task_id in known],
    )


def insert(actor: Actor, project: Project, copy: Copy) -> None:
    """Make all of it anew in another project, which stands in its first stage; dates count from its own beginning."""
    of = {"client_id": actor.client, "project_id": project.id}
    by = {"created_by": actor.person_id, "changed_by": actor.person_id}
    new: dict[UUID, UUID] = {}
    for place, (old, name) in enumerate(copy.stages):
        new[old] = Stage.objects.create(**of, name=name, place=place).id
    for place, (old, values) in enumerate(copy.tasks):
        given = dict(values)
        dates = _dates(project, given.pop("start_day"), given.pop("due_day"))
        stage_id = new[given.pop("stage_id")]
        row = Task.objects.create(**of, **given, **dates, **by, stage_id=stage_id, place=place)
        new[old] = row.id
        put_task(project, row)
    for task_id, first_id in copy.needs:
        Need.objects.create(client_id=actor.client, task_id=new[task_id], first_id=new[first_id])
    for values in copy.rules:
        given = dict(values)
        day = given.pop("on_day")
        at = {"on_day": day} if project.is_template else {"on_date": _on(project, day)}
        links = {name: new.get(given.pop(name)) for name in ("stage_id", "task_id", "to_stage_id")}
        Rule.objects.create(**of, **given, **at, **links, created_by=actor.person_id)
    if copy.stages and not project.is_template:
        project.stage_id = new[copy.stages[0][0]]
        project.save(update_fields=["stage"])


def _task(project: Project, row: Task) -> dict[str, Any]:
    days = (row.start_day, row.due_day)
    if not project.is_template:
        days = (_days(project, row.start_on), _days(project, row.due_on))
    values = {name: getattr(row, name) for name in _TASK}
    if row.thing_kind == "checklist-template":  # of the firm, so that it is there everywhere
        values |= {"thing_kind": row.thing_kind, "thing_id": row.thing_id}
    return {**values, "stage_id": row.stage_id, "start_day": days[0], "due_day": days[1]}


def _rule(project: Project, row: Rule) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in (*_RULE, "stage_id", "task_id", "to_stage_id")}
    return {**values, "on_day": row.on_day if project.is_template else _days(project, row.on_date)}


def _dates(project: Project, start_day: int | None, due_day: int | None) -> dict[str, Any]:
    if project.is_template:
        return {"start_day": start_day, "due_day": due_day}
    return {"start_on": _on(project, start_day), "due_on": _on(project, due_day)}


def _days(project: Project, day: date | None) -> int | None:
    return None if day is None else (day - project.started_on).days


def _on(project: Project, days: int | None) -> date | None:
    return None if days is None else project.started_on + timedelta(days=days)
