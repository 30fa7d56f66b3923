"""Every read of projects, stages, tasks and rules; `needs`, `concerned` and `search` are modules of their own."""

from muniment.portal.projects.queries.projects import (
    OverviewRow,
    board,
    overview,
    project,
    project_names,
    projects,
    sees_firm,
    stage,
    templates,
    today,
)
from muniment.portal.projects.queries.rules import due_rules, rule, rules
from muniment.portal.projects.queries.tasks import TaskPage, people_to_assign, task, task_names, task_page, tasks_seen
from muniment.portal.projects.queries.things import (
    checklist_templates,
    due_soon,
    is_followed,
    thing_name,
    thing_url,
    things_to_choose,
)

__all__ = [
    "OverviewRow",
    "TaskPage",
    "board",
    "checklist_templates",
    "due_rules",
    "due_soon",
    "is_followed",
    "overview",
    "people_to_assign",
    "project",
    "project_names",
    "projects",
    "rule",
    "rules",
    "sees_firm",
    "stage",
    "task",
    "task_names",
    "task_page",
    "tasks_seen",
    "templates",
    "thing_name",
    "thing_url",
    "things_to_choose",
    "today",
]
