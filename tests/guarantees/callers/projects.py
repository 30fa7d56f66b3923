"""Projects, stages, tasks and rules: how each of their actions is called."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from muniment.portal.documents import actions as documents
from muniment.portal.projects import actions, queries
from muniment.portal.projects.actions import ProjectValues
from muniment.portal.projects.actions.copying import Copy
from muniment.portal.projects.types import Dates, RuleValues, TaskValues
from muniment.trust.audit.types import Event
from tests.guarantees.callers.case import Call, Case

PROJECTS = "muniment.portal.projects.actions."


def _by_ben(case: Case, event: Event, thing: str, key: str = "", **more: Any) -> Call:
    """Return what Ben does with one of the things there are; `key` is what the action calls it."""
    found = case.id(thing)
    return Call(case.who("ben"), event, {key or thing: found, **more}, object_id=found)


def _project(case: Case, event: Event, **more: Any) -> Call:
    version = queries.project(case.who("ben"), case.id("project_id")).version
    return _by_ben(case, event, "project_id", version=version, **more)


def _reopened(case: Case) -> Call:
    closed = _project(case, Event.PROJECT_CLOSED)
    actions.close_project(closed.actor, **closed.values)
    return _project(case, Event.PROJECT_REOPENED)


def _rule(case: Case, event: Event, **more: Any) -> Call:
    return _by_ben(case, event, "project_rule_id", "rule_id", **more)


def _rule_values(case: Case, effect: str = "notify") -> RuleValues:
    at = {"stage_id": case.id("stage_id"), "person_id": case.portal.people["cleo"]}
    return RuleValues(trigger="stage-done", effect=effect, **at)  # type: ignore[arg-type] # one of the closed list


def _due_rule(case: Case) -> Call:
    ben = case.who("ben")
    values = RuleValues(trigger="date", effect="notify", on_date=queries.today(), person_id=case.portal.people["cleo"])
    made = actions.add_rule(ben, project_id=case.id("project_id"), values=values)
    return Call(ben, Event.PROJECT_RULE_RAN, {"rule_id": made.id}, object_id=made.id)


def _empty_stage(case: Case) -> Call:
    made = actions.add_stage(case.who("ben"), project_id=case.id("project_id"), name="Nothing")
    return Call(case.who("ben"), Event.STAGE_REMOVED, {"stage_id": made.id}, object_id=made.id)


def _read(case: Case) -> Call:
    documents.view_document(case.cleo, document_id=case.id("document_id"))
    task_id = case.id("reading_task_id")
    return Call(case.system, Event.TASK_MOVED, {"task_id": task_id}, object_id=task_id)


def _due(case: Case) -> Call:
    ben = case.who("ben")
    dates = Dates(due_on=queries.today() + timedelta(days=1))
    at = {"project_id": case.id("project_id"), "stage_id": case.id("stage_id")}
    made = actions.add_task(ben, **at, values=TaskValues("Soon", side="client", dates=dates))
    return Call(case.system, Event.TASK_DUE_SOON, {"task_id": made.id}, object_id=made.id)


CALLS: dict[str, Callable[[Case], Call]] = {
    f"{PROJECTS}projects.start_project": lambda c: Call(
        c.who("ben"), Event.PROJECT_STARTED, {"values": ProjectValues("Merger")}
    ),
    f"{PROJECTS}projects.keep_as_template": lambda c: _by_ben(c, Event.PROJECT_COPIED, "project_id", name="Year end"),
    f"{PROJECTS}projects._start_template": lambda c: Call(
        c.who("ben", c.portal.firm_id), Event.PROJECT_STARTED, {"name": "Year end", "copy": Copy()}
    ),
    f"{PROJECTS}projects.change_project": lambda c: _project(
        c, Event.PROJECT_CHANGED, values=ProjectValues("Year end 2027")
    ),
    f"{PROJECTS}projects.reach_stage": lambda c: _project(c, Event.STAGE_REACHED, stage_id=c.id("later_stage_id")),
    f"{PROJECTS}projects.close_project": lambda c: _project(c, Event.PROJECT_CLOSED),
    f"{PROJECTS}projects.reopen_project": _reopened,
    f"{PROJECTS}stages.add_stage": lambda c: Call(
        c.who("ben"), Event.STAGE_ADDED, {"project_id": c.id("project_id"), "name": "Sign"}
    ),
    f"{PROJECTS}stages.rename_stage": lambda c: _by_ben(c, Event.STAGE_RENAMED, "stage_id", version=1, name="Collect"),
    f"{PROJECTS}stages.place_stage": lambda c: _by_ben(c, Event.STAGE_PLACED, "stage_id", place=1),
    f"{PROJECTS}stages.remove_stage": _empty_stage,
    f"{PROJECTS}tasks.add_task": lambda c: Call(
        c.who("ben"),
        Event.TASK_ADDED,
        {"project_id": c.id("project_id"), "stage_id": c.id("stage_id"), "values": TaskValues("Call the bank")},
    ),
    f"{PROJECTS}tasks.change_task": lambda c: _by_ben(
        c, Event.TASK_CHANGED, "waiting_task_id", "task_id", version=1, values=TaskValues("Write all accounts")
    ),
    f"{PROJECTS}tasks.place_task": lambda c: _by_ben(
        c, Event.TASK_PLACED, "task_id", version=1, stage_id=c.id("later_stage_id"), place=0
    ),
    f"{PROJECTS}tasks.need_task": lambda c: _by_ben(
        c, Event.TASK_LINKED, "reading_task_id", "task_id", first_id=c.id("task_id")
    ),
    f"{PROJECTS}tasks.free_task": lambda c: _by_ben(
        c, Event.TASK_UNLINKED, "waiting_task_id", "task_id", first_id=c.id("task_id")
    ),
    f"{PROJECTS}states.move_task": lambda c: Call(
        c.cleo,
        Event.TASK_MOVED,
        {"task_id": c.id("task_id"), "version": 1, "state": "in-work"},
        object_id=c.id("task_id"),
    ),
    f"{PROJECTS}states.follow_thing": _read,
    f"{PROJECTS}states.tell_due": _due,
    f"{PROJECTS}rules.add_rule": lambda c: Call(
        c.who("ben"), Event.PROJECT_RULE_SET, {"project_id": c.id("project_id"), "values": _rule_values(c)}
    ),
    f"{PROJECTS}rules.change_rule": lambda c: _rule(c, Event.PROJECT_RULE_SET, version=1, values=_rule_values(c)),
    f"{PROJECTS}rules.remove_rule": lambda c: _rule(c, Event.PROJECT_RULE_REMOVED),
    f"{PROJECTS}rules.run_rule": _due_rule,
    f"{PROJECTS}rules.try_rule": _due_rule,
}
