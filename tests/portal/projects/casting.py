"""Projects to test with: one of Okoye's, with two stages and people on either side."""

from typing import Any
from uuid import UUID

from muniment.portal.projects import actions, queries
from muniment.portal.projects.actions import ProjectValues
from muniment.portal.projects.types import Board, Dates, TaskFacts, TaskValues
from tests.cast import Portal


def started(portal: Portal, name: str = "Year end 2026", stages: tuple[str, ...] = ("Gather", "Review")) -> Board:
    """Let Ben start a project for Okoye."""
    ben = portal.actor("ben")
    made = actions.start_project(ben, values=ProjectValues(name, lead_id=ben.person_id))
    for stage in stages:
        actions.add_stage(ben, project_id=made.id, name=stage)
    return queries.board(ben, made.id)


def task(portal: Portal, board: Board, title: str = "Send the ledger", stage: int = 0, **values: Any) -> TaskFacts:
    """Let Ben add a task to a stage."""
    dates = Dates(**{name: values.pop(name) for name in ("start_on", "due_on") if name in values})
    given = TaskValues(title=title, dates=dates, **values)
    return actions.add_task(
        portal.actor("ben"), project_id=board.project.id, stage_id=board.stages[stage].id, values=given
    )


def state_of(portal: Portal, task_id: UUID) -> str:
    """Return how far a task is."""
    return queries.task(portal.actor("ben"), task_id).state


def done(portal: Portal, found: TaskFacts, who: str = "ben") -> TaskFacts:
    """Let somebody begin a task and finish it."""
    actor = portal.actor(who)
    begun = actions.move_task(actor, task_id=found.id, version=found.version, state="in-work")
    return actions.move_task(actor, task_id=found.id, version=begun.version, state="done")
