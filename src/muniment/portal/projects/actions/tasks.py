"""Add tasks, change and place them, and say what comes first."""

from datetime import timedelta
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.core.unit import action
from muniment.portal.projects import texts
from muniment.portal.projects.actions.finding import insist_firm, insist_unchanged, locked_project, locked_task
from muniment.portal.projects.actions.following import run_rules_later
from muniment.portal.projects.actions.indexing import put_task
from muniment.portal.projects.errors import NotForPerson, ThingNotThere, TooMany, WaitsForUnseen, WouldCircle
from muniment.portal.projects.models import Need, Project, Stage, Task
from muniment.portal.projects.queries.projects import needs_of, task_facts, today
from muniment.portal.projects.queries.tasks import find_task, people_on
from muniment.portal.projects.queries.things import is_there
from muniment.portal.projects.types import SIDES, TASKS_MOST, Dates, TaskFacts, TaskValues
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event

FARTHEST = timedelta(days=3660)


@action
def add_task(actor: Actor, *, project_id: UUID, stage_id: UUID, values: TaskValues) -> TaskFacts:
    """Add a task at the end of a stage.

    A task of the firm that is given to nobody is given to who leads the project.

    Raises:
        NotFound: there is no such project or stage, or the actor may not change it.
        ProjectOver: it is closed.
        TextRefused, Invalid: the title, the text, a date or the side cannot be.
        NotForPerson: who it is given to is not on that side, or cannot see it.
        ThingNotThere: what it is to point to is not there, or not for the actor.
        TooMany: the project has 300 tasks.
    """
    insist_firm(actor)
    project = locked_project(actor, "project:set", project_id)
    row = make_task(actor, project, stage_id, values)
    run_rules_later(project)
    return task_facts(row)


def make_task(actor: Actor, project: Project, stage_id: UUID, values: TaskValues, rule_id: UUID | None = None) -> Task:
    """Do what `add_task` does in a locked project; `rule_id` says which rule wants it."""
    rows = Task.objects.filter(client_id=actor.client, project_id=project.id)
    if rows.count() >= TASKS_MOST:
        raise TooMany
    _insist_stage(project, stage_id)
    row = Task(client_id=actor.client, project_id=project.id, stage_id=stage_id, created_by=actor.person_id)
    row.rule_id, row.changed_by = rule_id, actor.person_id
    row.place = rows.filter(stage_id=stage_id).count()
    _fill(actor, project, row, values)
    row.save(force_insert=True)
    put_task(project, row)
    facts = {"project": project.id, "side": row.side, "assignee": row.assignee_id, "for_firm": row.for_firm}
    audit.record(actor, Event.TASK_ADDED, row, **facts, rule=rule_id)
    return row


@action
def change_task(
    actor: Actor, *, task_id: UUID, version: int, values: TaskValues, stage_id: UUID | None = None
) -> TaskFacts:
    """Say anew what a task is: title, text, side, who does it, dates, who sees it, what it points to.

    With another `stage_id` it goes to the end of that stage.

    Raises:
        MovedOn: somebody changed it since `version` was read.
        WaitsForUnseen: it would be the firm's own although a task that the client sees waits for it, or would be shown
            although it waits for one that is not.
        NotFound, ProjectOver, TextRefused, Invalid, NotForPerson, ThingNotThere: as `add_task`.
    """
    insist_firm(actor)
    project, row = locked_task(actor, "project:set", task_id)
    insist_unchanged(row, version)
    before = row.assignee_id
    _fill(actor, project, row, values)
    _insist_seen(row)
    if stage_id is not None and stage_id != row.stage_id:
        _insist_stage(project, stage_id)
        row.place = Task.objects.filter(client_id=actor.client, stage_id=stage_id).count()
        row.stage_id = stage_id
    row.changed_at, row.changed_by, row.told_at = clock.now(), actor.person_id, None
    row.save()
    put_task(project, row)
    event = Event.TASK_ASSIGNED if row.assignee_id not in {None, before} else Event.TASK_CHANGED
    facts = {"project": project.id, "side": row.side, "assignee": row.assignee_id, "for_firm": row.for_firm}
    audit.record(actor, event, row, **facts, version=row.version, stage=row.stage_id)
    run_rules_later(project)
    return task_facts(row, needs_of(actor, project.id).get(row.id, frozenset()))


@action
def place_task(actor: Actor, *, task_id: UUID, version: int, stage_id: UUID, place: int) -> TaskFacts:
    """Put a task into a stage, to a place counted from 0; too far is the end.

    Raises:
        NotFound: there is no such task or stage, or the actor may not change it.
        MovedOn: somebody changed the task since `version` was read.
        ProjectOver: its project is closed.
    """
    insist_firm(actor)
    project, row = locked_task(actor, "project:set", task_id)
    insist_unchanged(row, version)
    _insist_stage(project, stage_id)
    others = Task.objects.filter(client_id=actor.client, project_id=project.id, stage_id=stage_id).exclude(id=row.id)
    order = list(others.order_by("place", "id").values_list("id", flat=True))
    at = min(max(place, 0), len(order))
    order.insert(at, row.id)
    for number, identifier in enumerate(order):
        Task.objects.filter(client_id=actor.client, id=identifier).update(place=number)
    before, row.stage_id, row.place = row.stage_id, stage_id, at
    row.save(update_fields=["stage", "place", "version"])
    audit.record(actor, Event.TASK_PLACED, row, project=project.id, before=before, after=stage_id, place=at)
    run_rules_later(project)
    return task_facts(row)


@action
def need_task(actor: Actor, *, task_id: UUID, first_id: UUID) -> None:
    """Say that a task cannot begin before another one of its project is over; saying it twice changes nothing.

    Raises:
        NotFound: there is no such task in the project, or the actor may not change it.
        ProjectOver: its project is closed.
        WouldCircle: the other one waits for this one already, whatever is between them.
        WaitsForUnseen: the client sees this one and not the other.
    """
    insist_firm(actor)
    project, row = locked_task(actor, "project:set", task_id)
    first = find_task(actor, "project:set", first_id)
    if first.project_id != project.id:
        raise NotFound
    if first.for_firm and not row.for_firm:
        raise WaitsForUnseen
    if row.id in _all_before(needs_of(actor, project.id), first.id):
        raise WouldCircle
    Need.objects.get_or_create(client_id=actor.client, task_id=row.id, first_id=first.id)
    audit.record(actor, Event.TASK_LINKED, row, project=project.id, first=first.id)


@action
def free_task(actor: Actor, *, task_id: UUID, first_id: UUID) -> None:
    """Say that a task need not wait for another one.

    Raises:
        NotFound: there is no such task, it does not wait for the other, or the actor may not change it.
        ProjectOver: its project is closed.
    """
    insist_firm(actor)
    project, row = locked_task(actor, "project:set", task_id)
    gone, _ = Need.objects.filter(client_id=actor.client, task_id=row.id, first_id=first_id).delete()
    if not gone:
        raise NotFound
    audit.record(actor, Event.TASK_UNLINKED, row, project=project.id, first=first_id)


def _all_before(needs: dict[UUID, frozenset[UUID]], task_id: UUID) -> set[UUID]:
    """Return a task and everything that comes before it, however far."""
    found, stack = {task_id}, [task_id]
    while stack:
        for first in needs.get(stack.pop(), ()):
            if first not in found:
                found.add(first)
                stack.append(first)
    return found


def _insist_stage(project: Project, stage_id: UUID) -> None:
    if not Stage.objects.filter(client_id=project.client_id, project_id=project.id, id=stage_id).exists():
        raise NotFound


def _insist_seen(row: Task) -> None:
    """Insist that no task that the client sees waits for one that it does not see."""
    waiting = Need.objects.filter(client_id=row.client_id, first_id=row.id, task__for_firm=False)
    firsts = Need.objects.filter(client_id=row.client_id, task_id=row.id, first__for_firm=True)
    if (row.for_firm and waiting.exists()) or (not row.for_firm and firsts.exists()):
        raise WaitsForUnseen


def _fill(actor: Actor, project: Project, row: Task, values: TaskValues) -> None:
    """Put what somebody said into a task, and refuse what cannot be."""
    row.title, row.about = texts.name(values.title), texts.text(values.about)
    if values.side not in SIDES or (values.for_firm and values.side != "firm"):
        raise Invalid
    row.side, row.for_firm = values.side, values.for_firm
    row.assignee_id = values.assignee_id or (project.lead_id if values.side == "firm" else None)
    if values.assignee_id is not None and values.assignee_id not in people_on(actor, values.side):
        raise NotForPerson
    _fill_dates(project, row, values.dates)
    has_thing = bool(values.thing_kind)
    if has_thing != (values.thing_id is not None):
        raise Invalid
    is_new = (values.thing_kind, values.thing_id) != (row.thing_kind, row.thing_id)
    if has_thing and is_new and not is_there(actor, values.thing_kind, values.thing_id):
        raise ThingNotThere
    row.thing_kind, row.thing_id = values.thing_kind, values.thing_id


def _fill_dates(project: Project, row: Task, dates: Dates) -> None:
    if project.is_template:
        days = [day for day in (dates.start_day, dates.due_day) if day is not None]
        if days != sorted(days) or any(not 0 <= day <= FARTHEST.days for day in days):
            raise Invalid
        row.start_day, row.due_day = dates.start_day, dates.due_day
        return
    on = [day for day in (dates.start_on, dates.due_on) if day is not None]
    if on != sorted(on) or any(abs(day - today()) > FARTHEST for day in on):
        raise Invalid
    row.start_on, row.due_on = dates.start_on, dates.due_on
