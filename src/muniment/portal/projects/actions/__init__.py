"""Every write on projects, stages, tasks and rules."""

from muniment.portal.projects.actions.following import FOLLOW_THING, RUN_RULES, follow_later
from muniment.portal.projects.actions.indexing import index_client
from muniment.portal.projects.actions.projects import (
    ProjectValues,
    change_project,
    close_project,
    keep_as_template,
    reach_stage,
    reopen_project,
    start_project,
)
from muniment.portal.projects.actions.rules import add_rule, change_rule, remove_rule, run_rule, try_rule
from muniment.portal.projects.actions.stages import add_stage, place_stage, remove_stage, rename_stage
from muniment.portal.projects.actions.states import follow_thing, move_task, tell_due
from muniment.portal.projects.actions.tasks import add_task, change_task, free_task, need_task, place_task

__all__ = [
    "FOLLOW_THING",
    "RUN_RULES",
    "ProjectValues",
    "add_rule",
    "add_stage",
    "add_task",
    "change_project",
    "change_rule",
    "change_task",
    "close_project",
    "follow_later",
    "follow_thing",
    "free_task",
    "index_client",
    "keep_as_template",
    "move_task",
    "need_task",
    "place_stage",
    "place_task",
    "reach_stage",
    "remove_rule",
    "remove_stage",
    "rename_stage",
    "reopen_project",
    "run_rule",
    "start_project",
    "tell_due",
    "try_rule",
]
