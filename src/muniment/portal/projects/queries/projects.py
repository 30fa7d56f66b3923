"""Projects of a client, one project with all in it, and the overview over all clients."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import cast
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as, desk, query
from muniment.portal.projects.models import Need, Project, Stage, Task
from muniment.portal.projects.types import (
    OVER,
    UNDER_WAY,
    Board,
    ProjectFacts,
    Side,
    StageFacts,
    State,
    TaskFacts,
    ThingKind,
)
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients

SHOWN = 100


@dataclass(frozen=True)
class OverviewRow:
    """One project in the overview over all clients."""

    project: ProjectFacts
    waits_for_client: int
    waits_for_firm: int


def today() -> date:
    """Return the day it is in the reader's zone."""
    return timezone.localtime(clock.now()).date()


def sees_firm(actor: Actor) -> bool:
    """Return whether somebody sees what is for the firm alone: its people, unless they look as a contact."""
    return actor.kind == "system" or (actor.kind == "staff" and actor.looking_as is None)


@query
def projects(actor: Actor, *, closed: bool = False) -> list[ProjectFacts]:
    """Return the projects of the actor's client, newest first: those under way, or those that were closed.

    In the firm's own space these are the templates. At most 100.
    """
    rows = access.visible(actor, "project:view", Project).filter(closed_at__isnull=not closed)
    found = list(rows.select_related(None).order_by("-id")[:SHOWN])
    counts = _counts(actor, [row.id for row in found])
    stages = _stage_names(actor, [row.stage_id for row in found if row.stage_id])
    return [project_facts(row, stages.get(row.stage_id, ""), counts.get(row.id, (0, 0, 0))) for row in found]


@query
def project(actor: Actor, project_id: UUID) -> ProjectFacts:
    """Return one project.

    Raises:
        NotFound: there is none, or it is not for this actor.
    """
    return project_facts(access.find(actor, "project:view", Project, project_id))


@query
def project_names(actor: Actor, project_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return what those among some projects are called that the actor may see."""
    rows = access.visible(actor, "project:view", Project).filter(id__in=set(project_ids))
    return {row.id: row.name for row in rows}


@query
def board(actor: Actor, project_id: UUID) -> Board:
    """Return a project with its stages and the tasks that the actor sees.

    Raises:
        NotFound: there is none, or it is not for this actor.
    """
    row = access.find(actor, "project:view", Project, project_id)
    stages = [stage_facts(stage) for stage in stages_of(row)]
    tasks = tasks_of(actor, row)
    names: dict[UUID | None, str] = {stage.id: stage.name for stage in stages}
    done = sum(task.state == "done" for task in tasks)
    dropped = sum(task.state == "dropped" for task in tasks)
    late = sum(1 for task in tasks if not task.is_over and task.due_on and task.due_on < today())
    reaches = access.reaches(actor, ("project:set", "task:move"))
    return Board(
        project=project_facts(row, names.get(row.stage_id, ""), (done, len(tasks) - dropped, late)),
        stages=stages,
        tasks=tasks,
        may_set=reaches["project:set"].whole and sees_firm(actor),
        may_move=reaches["task:move"].whole and not row.is_template and row.closed_at is None,
        is_firm=sees_firm(actor),
    )


@query
def stage(actor: Actor, stage_id: UUID) -> StageFacts:
    """Return one stage.

    Raises:
        NotFound: there is none, or it is not for this actor.
    """
    return stage_facts(access.find(actor, "project:view", Stage, stage_id))


def stages_of(row: Project) -> list[Stage]:
    """Return the stages of a project in order, in the transaction that is open."""
    return list(Stage.objects.filter(client_id=row.client_id, project_id=row.id).order_by("place", "id"))


def tasks_of(actor: Actor, row: Project) -> list[TaskFacts]:
    """Return the tasks of a project that the actor sees, by stage and place, in the transaction that is open.

    Their texts stay sealed.
    """
    rows = seen(actor).filter(project_id=row.id).order_by("stage__place", "place", "id")
    found = list(rows)
    needs = needs_of(actor, row.id)
    states = {task.id: task.state for task in found}
    return [task_facts(task, needs.get(task.id, frozenset()), states, brief=True) for task in found]


def seen(actor: Actor) -> QuerySet[Task]:
    """Return the tasks of the client that the actor sees: the firm's own are not there for others, nor as others."""
    rows = Task.objects.filter(client_id=actor.client)
    return rows if sees_firm(actor) else rows.filter(for_firm=False)


def needs_of(actor: Actor, project_id: UUID) -> dict[UUID, frozenset[UUID]]:
    """Return what comes first, by the task that waits, in one project."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    rows = Need.objects.filter(client_id=actor.client, task__project_id=project_id)
    for task_id, first_id in rows.values_list("task_id", "first_id"):
        found[task_id].add(first_id)
    return {task_id: frozenset(firsts) for task_id, firsts in found.items()}


def overview(actor: Actor) -> list[OverviewRow]:
    """Return the projects under way in all clients of somebody of the firm, what is late first; at most 200.

    One look at the projects and one at their tasks, through the desk role; in clients where the actor's role does
    not follow projects there are none, nor in those that conditions close to them now.

    Raises:
        NotFound: the actor is not of the firm.
    """
    if actor.kind != "staff" or actor.person_id is None:
        raise NotFound
    places = access.places_with(actor, "project:view") - {clients.find_firm_id()}
    with desk(actor):
        found = list(
            Project.objects.filter(client_id__in=places, closed_at=None).select_related("stage").order_by("-id")[:200]
        )
    known = access.still_open(actor, {row.client_id for row in found})
    found = [row for row in found if row.client_id in known]
    with desk(actor):
        rows = Task.objects.filter(client_id__in={row.client_id for row in found}, project_id__in=[r.id for r in found])
        counted = rows.values("project_id").annotate(
            done=Count("id", filter=Q(state="done")),
            total=Count("id", filter=~Q(state="dropped")),
            late=Count("id", filter=Q(state__in=UNDER_WAY, due_on__lt=today())),
            of_client=Count("id", filter=Q(state__in=UNDER_WAY, side="client")),
            of_firm=Count("id", filter=Q(state__in=UNDER_WAY, side="firm")),
        )
        by_project = {row["project_id"]: row for row in counted}
        shown = []
        for row in found:
            of = by_project.get(row.id, {"done": 0, "total": 0, "late": 0, "of_client": 0, "of_firm": 0})
            stage = row.stage.name if row.stage_id else ""
            facts = project_facts(row, stage, (of["done"], of["total"], of["late"]))
            shown.append(OverviewRow(facts, of["of_client"], of["of_firm"]))
    return sorted(shown, key=lambda line: (-line.project.late, line.project.due_on or date.max, line.project.name))


def templates(actor: Actor) -> list[ProjectFacts]:
    """Return the firm's templates to somebody of the firm who may follow projects there; none to all others."""
    if actor.kind != "staff" or actor.looking_as is not None:
        return []
    firm = actor.within(clients.firm_id())
    with acting_as(firm):
        rows = access.visible(firm, "project:view", Project).filter(closed_at=None, is_template=True)
        return [project_facts(row) for row in rows.order_by("-id")[:SHOWN]]


def project_facts(row: Project, stage_name: str = "", counts: tuple[int, int, int] = (0, 0, 0)) -> ProjectFacts:
    """Return a project as a value; `counts` are how many tasks are done, how many there are, how many are late."""
    done, total, late = counts
    return ProjectFacts(
        id=row.id,
        client_id=row.client_id,
        name=row.name,
        about=row.about,
        is_template=row.is_template,
        stage_id=row.stage_id,
        lead_id=row.lead_id,
        started_on=row.started_on,
        due_on=row.due_on,
        closed_at=row.closed_at,
        version=row.version,
        stage_name=stage_name,
        done=done,
        total=total,
        late=late,
    )


def stage_facts(row: Stage) -> StageFacts:
    """Return a stage as a value."""
    return StageFacts(row.id, row.project_id, row.name, row.place, row.version, row.reached_at)


def task_facts(
    row: Task, needs: frozenset[UUID] = frozenset(), states: dict[UUID, str] | None = None, *, brief: bool = False
) -> TaskFacts:
    """Return a task as a value; `states` are those of the tasks of its project.

    `brief` leaves its text sealed, which no list shows.
    """
    states = states or {}
    return TaskFacts(
        id=row.id,
        client_id=row.client_id,
        project_id=row.project_id,
        stage_id=row.stage_id,
        place=row.place,
        title=row.title,
        about="" if brief else row.about,
        state=cast("State", row.state),
        why=row.why if row.state in {"blocked", "dropped"} else "",
        side=cast("Side", row.side),
        assignee_id=row.assignee_id,
        start_on=row.start_on,
        due_on=row.due_on,
        start_day=row.start_day,
        due_day=row.due_day,
        for_firm=row.for_firm,
        thing_kind=cast("ThingKind", row.thing_kind),
        thing_id=row.thing_id,
        version=row.version,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        done_at=row.done_at,
        rule_id=row.rule_id,
        needs=needs,
        waits_for=frozenset(first for first in needs if states.get(first, "done") not in OVER),
    )


def _counts(actor: Actor, project_ids: list[UUID]) -> dict[UUID, tuple[int, int, int]]:
    rows = seen(actor).filter(project_id__in=project_ids).values("project_id")
    counted = rows.annotate(
        done=Count("id", filter=Q(state="done")),
        total=Count("id", filter=~Q(state="dropped")),
        late=Count("id", filter=Q(state__in=UNDER_WAY, due_on__lt=today())),
    )
    return {row["project_id"]: (row["done"], row["total"], row["late"]) for row in counted}


def _stage_names(actor: Actor, stage_ids: list[UUID]) -> dict[UUID | None, str]:
    return {row.id: row.name for row in Stage.objects.filter(client_id=actor.client, id__in=stage_ids)}
