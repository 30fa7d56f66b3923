"""What people write about work lies in the database sealed, whatever field it is typed into."""

import secrets

import pytest

from muniment.portal.projects import actions, queries
from muniment.portal.projects.actions import ProjectValues
from muniment.portal.projects.types import RuleValues, TaskValues
from tests.cast import Portal
from tests.guarantees.opened import log_of_changes, pg_dump
from tests.guarantees.test_canaries import Search


@pytest.mark.control("project-workflow", "rest-messages")
def test_no_word_of_a_project_is_in_a_dump_or_in_the_log_of_changes(portal: Portal):
    word = "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(16))
    ben = portal.actor("ben")
    made = actions.start_project(ben, values=ProjectValues(f"{word} name", about=f"{word} about"))
    stage = actions.add_stage(ben, project_id=made.id, name=f"{word} stage")
    values = TaskValues(f"{word} title", about=f"{word} text", side="client")
    task = actions.add_task(ben, project_id=made.id, stage_id=stage.id, values=values)
    actions.move_task(portal.actor("cleo"), task_id=task.id, version=1, state="blocked", why=f"{word} why")
    rule = RuleValues(trigger="stage-done", effect="create-task", stage_id=stage.id, title=f"{word} rule")
    actions.add_rule(ben, project_id=made.id, values=rule)
    actions.keep_as_template(ben, project_id=made.id, name=f"{word} template")

    search = Search(word)

    assert search.hits(f"before {word} after".encode())
    assert search.hits(pg_dump()) == []
    assert [str(path) for path in log_of_changes() if search.hits_in(path)] == []
    assert queries.board(ben, made.id).tasks[0].why == f"{word} why"
