"""Projects, stages, tasks and rules as values, and the moves that a task can make."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

State = Literal["open", "in-work", "blocked", "done", "dropped"]
Side = Literal["firm", "client"]
ThingKind = Literal["", "document", "checklist", "checklist-template"]
Trigger = Literal["stage-done", "thing-done", "date"]
Effect = Literal["next-stage", "create-task", "notify", "send-checklist"]

STATES: tuple[State, ...] = ("open", "in-work", "blocked", "done", "dropped")
MOVES: dict[State, tuple[State, ...]] = {
    "open": ("in-work", "blocked", "dropped"),
    "in-work": ("done", "blocked", "open", "dropped"),
    "blocked": ("open", "in-work", "dropped"),
    "done": ("open",),
    "dropped": ("open",),
}
"""Where a task may go from each of its states, the usual way first; every other move is refused."""

OVER: tuple[State, ...] = ("done", "dropped")
UNDER_WAY: tuple[State, ...] = ("open", "in-work", "blocked")
SIDES: tuple[Side, ...] = ("firm", "client")
THINGS: tuple[ThingKind, ...] = ("", "document", "checklist", "checklist-template")
TRIGGERS: tuple[Trigger, ...] = ("stage-done", "thing-done", "date")
EFFECTS: tuple[Effect, ...] = ("next-stage", "create-task", "notify", "send-checklist")

STAGES_MOST = 30
TASKS_MOST = 300
RULES_MOST = 40
CHAIN_MOST = 8
"""So many rules may follow from each other; what would come after is refused."""


@dataclass(frozen=True)
class ProjectFacts:
    """A project, or a template (of the firm's own space) from which projects are made.

    The counts are of the tasks that the reader sees; dropped ones are in neither. `next_due` is the earliest day of
    what is not over.
    """

    id: UUID
    client_id: UUID
    name: str
    about: str
    is_template: bool
    stage_id: UUID | None
    lead_id: UUID | None
    started_on: date
    due_on: date | None
    closed_at: datetime | None
    version: int
    stage_name: str = ""
    done: int = 0
    total: int = 0
    late: int = 0

    @property
    def percent(self) -> int:
        """How much of it is done, from 0 to 100."""
        return self.done * 100 // self.total if self.total else 0


@dataclass(frozen=True)
class StageFacts:
    """A stage of a project; `place` counts from 0."""

    id: UUID
    project_id: UUID
    name: str
    place: int
    version: int
    reached_at: datetime | None = None


@dataclass(frozen=True)
class TaskFacts:
    """A task. `needs` are the tasks that come first; `waits_for` are those among them that are not over.

    `start_day` and `due_day` count from the day on which a project begins, and stand in templates alone.
    """

    id: UUID
    client_id: UUID
    project_id: UUID
    stage_id: UUID
    place: int
    title: str
    about: str
    state: State
    why: str
    side: Side
    assignee_id: UUID | None
    start_on: date | None
    due_on: date | None
    start_day: int | None
    due_day: int | None
    for_firm: bool
    thing_kind: ThingKind
    thing_id: UUID | None
    version: int
    changed_at: datetime
    changed_by: UUID | None
    done_at: datetime | None
    rule_id: UUID | None = None
    needs: frozenset[UUID] = frozenset()
    waits_for: frozenset[UUID] = frozenset()

    @property
    def is_over(self) -> bool:
        """Whether nothing is to be done for it any more."""
        return self.state in OVER


@dataclass(frozen=True)
class RuleFacts:
    """One rule of a project: what sets it off, and what it does then. It runs once; `ran_at` says when it did.

    `refused` is the code of why its last run was refused, and `refused_at` when; empty after one that was not.
    """

    id: UUID
    project_id: UUID
    trigger: Trigger
    stage_id: UUID | None
    task_id: UUID | None
    on_date: date | None
    on_day: int | None
    effect: Effect
    to_stage_id: UUID | None
    title: str
    side: Side
    person_id: UUID | None
    days: int | None
    checklist_template_id: UUID | None
    for_firm: bool
    ran_at: datetime | None
    refused_at: datetime | None
    refused: str
    version: int


@dataclass(frozen=True)
class Board:
    """All that the pages of one project show: its stages in order, and the tasks of each in order."""

    project: ProjectFacts
    stages: list[StageFacts]
    tasks: list[TaskFacts]
    may_set: bool = False
    may_move: bool = False
    is_firm: bool = False

    def of_stage(self, stage_id: UUID) -> list[TaskFacts]:
        """Return the tasks of one stage, in order."""
        return [task for task in self.tasks if task.stage_id == stage_id]

    def task(self, task_id: UUID | None) -> TaskFacts | None:
        """Return one of its tasks."""
        return next((task for task in self.tasks if task.id == task_id), None)


@dataclass(frozen=True)
class Dates:
    """From when to when something is to be worked on; in a template in days from the beginning."""

    start_on: date | None = None
    due_on: date | None = None
    start_day: int | None = None
    due_day: int | None = None


@dataclass(frozen=True)
class TaskValues:
    """What somebody says about a task when they make or change it."""

    title: str
    about: str = ""
    side: Side = "firm"
    assignee_id: UUID | None = None
    dates: Dates = field(default_factory=Dates)
    for_firm: bool = False
    thing_kind: ThingKind = ""
    thing_id: UUID | None = None


@dataclass(frozen=True)
class RuleValues:
    """What somebody says about a rule when they make or change it."""

    trigger: Trigger
    effect: Effect
    stage_id: UUID | None = None
    task_id: UUID | None = None
    on_date: date | None = None
    on_day: int | None = None
    to_stage_id: UUID | None = None
    title: str = ""
    side: Side = "firm"
    person_id: UUID | None = None
    days: int | None = None
    checklist_template_id: UUID | None = None
    for_firm: bool = False
