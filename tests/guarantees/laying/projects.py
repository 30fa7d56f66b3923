"""A project in Okoye's space: two stages, tasks on either side, one of the firm alone, a rule."""

from typing import Any

from muniment.portal.projects import actions
from muniment.portal.projects.actions import ProjectValues
from muniment.portal.projects.types import RuleValues, TaskValues
from tests.cast import Portal


def lay(portal: Portal, values: dict[str, Any]) -> dict[str, object]:
    """Let Ben start a project that Cleo follows; she reads the document, and the ledger comes before the accounts."""
    ben = portal.actor("ben")
    project = actions.start_project(ben, values=ProjectValues("Year end", about="All of it", lead_id=ben.person_id))
    stage, later = (actions.add_stage(ben, project_id=project.id, name=name) for name in ("Gather", "Review"))
    at = {"project_id": project.id, "stage_id": stage.id}
    cleo = portal.people["cleo"]
    thing = {"thing_kind": "document", "thing_id": values["document_id"]}
    task = actions.add_task(ben, **at, values=TaskValues("Send the ledger", side="client", assignee_id=cleo))
    read = actions.add_task(ben, **at, values=TaskValues("Read the lease", side="client", assignee_id=cleo, **thing))
    after = actions.add_task(ben, **at, values=TaskValues("Write the accounts"))
    hidden = actions.add_task(ben, **at, values=TaskValues("Check their risk", for_firm=True))
    actions.need_task(ben, task_id=after.id, first_id=task.id)
    rule = actions.add_rule(
        ben,
        project_id=project.id,
        values=RuleValues(trigger="stage-done", effect="next-stage", stage_id=stage.id),
    )
    return {
        "project_id": project.id,
        "stage_id": stage.id,
        "later_stage_id": later.id,
        "task_id": task.id,
        "reading_task_id": read.id,
        "waiting_task_id": after.id,
        "firms_task_id": hidden.id,
        "project_rule_id": rule.id,
    }
