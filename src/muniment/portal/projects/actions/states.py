"""Move tasks from state to state: by people, by what they point to, and by nobody else."""

from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.portal.projects import texts
from muniment.portal.projects.actions.finding import insist_unchanged, locked_task
from muniment.portal.projects.actions.following import run_rules_later
from muniment.portal.projects.actions.sending import send
from muniment.portal.projects.errors import (
    FollowsItsThing,
    IllegalMove,
    NotInTemplates,
    NotYourSide,
    WaitsForOthers,
)
from muniment.portal.projects.models import Need, Project, Task
from muniment.portal.projects.queries.projects import needs_of, sees_firm, task_facts, today
from muniment.portal.projects.queries.things import SOON, is_done
from muniment.portal.projects.types import MOVES, OVER, UNDER_WAY, State, TaskFacts
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event


@action
def move_task(actor: Actor, *, task_id: UUID, version: int, state: State, why: str = "") -> TaskFacts:
    """Begin a task, finish it, say why it is blocked, drop it, or open it again.

    A task that is to send a checklist sends it when it begins, and follows that from then on.

    Raises:
        NotFound: there is none, or the actor may not move tasks here.
        NotYourSide: it is for the firm to do, or the firm alone drops it, and the actor is of the client.
        MovedOn: somebody changed it since `version` was read.
        IllegalMove: it cannot go there from where it is.
        WaitsForOthers: it would begin while a task that comes first is not over.
        FollowsItsThing: it points to a thing, which is not done.
        ProjectOver, NotInTemplates: its project is closed, or a template.
        TextRefused: the reason is too long.
    """
    project, row = locked_task(actor, "task:move", task_id)
    if project.is_template:
        raise NotInTemplates
    if (row.side == "firm" or state == "dropped") and not sees_firm(actor):
        raise NotYourSide
    insist_unchanged(row, version)
    if state == "done" and row.thing_kind and not is_done(actor, row):
        raise FollowsItsThing
    _go(actor, project, row, state, texts.text(why) if state in {"blocked", "dropped"} else "")
    if state == "in-work" and row.thing_kind == "checklist-template" and row.thing_id:
        row.thing_kind, row.thing_id = "checklist", send(actor, row.thing_id).id
        row.save(update_fields=["thing_kind", "thing_id"])
    run_rules_later(project)
    return task_facts(row, needs_of(actor, project.id).get(row.id, frozenset()))


@action
def follow_thing(actor: Actor, *, task_id: UUID) -> TaskFacts:
    """Let a task be done because what it points to is; for the portal itself.

    Raises:
        NotFound: there is no such task, it is over, it waits for others, or what it points to is not done.
    """
    if actor.kind != "system":
        raise NotFound
    project, row = locked_task(actor, "task:move", task_id)
    if row.state not in UNDER_WAY or _waits(row) or not is_done(actor, row):
        raise NotFound
    row.version += 1
    if row.state != "in-work":
        _go(actor, project, row, "in-work", "")
    _go(actor, project, row, "done", "")
    run_rules_later(project)
    return task_facts(row)


@action
def tell_due(actor: Actor, *, task_id: UUID) -> None:
    """Write down that a task is due in two days or less, once; whom it concerns is told.

    Raises:
        NotFound: it is not due, it was told already, or the actor is not the portal itself.
    """
    if actor.kind != "system":
        raise NotFound
    project, row = locked_task(actor, "task:move", task_id)
    if row.told_at is not None or row.state not in UNDER_WAY or row.due_on is None or row.due_on > today() + SOON:
        raise NotFound
    row.told_at = clock.now()
    row.save(update_fields=["told_at"])
    audit.record(actor, Event.TASK_DUE_SOON, row, project=project.id, due=row.due_on, assignee=row.assignee_id)


def _go(actor: Actor, project: Project, row: Task, state: State, why: str) -> None:
    """Bring a locked task to a state.

    Raises:
        IllegalMove, WaitsForOthers: it cannot go there.
    """
    before: State = row.state  # type: ignore[assignment] # the database keeps it to the five
    if state not in MOVES[before]:
        raise IllegalMove
    if state == "in-work" and _waits(row):
        raise WaitsForOthers
    now = clock.now()
    row.state, row.why = state, why
    row.done_at = now if state == "done" else None
    row.changed_at, row.changed_by = now, actor.person_id
    row.save(update_fields=["state", "why", "done_at", "changed_at", "changed_by", "version"])
    facts = {"project": project.id, "side": row.side, "assignee": row.assignee_id}
    audit.record(actor, Event.TASK_MOVED, row, before=before, after=state, **facts)


def _waits(row: Task) -> bool:
    """Return whether a task that comes first is not over; the database shows all that the waiting one is shown to."""
    rows = Need.objects.filter(client_id=row.client_id, task_id=row.id)
    return rows.exclude(first__state__in=OVER).exists()
