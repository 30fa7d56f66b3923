"""What is for the firm alone is kept from contacts by the database, not only by the code."""

from dataclasses import replace

import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from muniment.core.errors import NotFound
from muniment.core.unit import acting_as, desk
from muniment.portal.projects import actions, queries
from muniment.portal.projects.errors import WaitsForUnseen
from muniment.portal.projects.models import Rule, Task
from muniment.portal.projects.types import RuleValues, TaskValues
from tests.cast import Portal
from tests.portal.projects.casting import started, task

pytestmark = pytest.mark.control("project-workflow")


def test_the_database_shows_a_contact_no_task_and_no_rule_of_the_firm(portal: Portal):
    board, ben, cleo = started(portal), portal.actor("ben"), portal.actor("cleo")
    seen, hidden = task(portal, board, "Send the ledger"), task(portal, board, "Check their risk", for_firm=True)
    values = RuleValues(trigger="stage-done", effect="next-stage", stage_id=board.stages[0].id)
    actions.add_rule(ben, project_id=board.project.id, values=values)

    found = {}
    for actor in (ben, cleo):
        with acting_as(actor):
            found[actor.kind] = (set(Task.objects.values_list("id", flat=True)), Rule.objects.count())
    with desk(cleo):
        over_all = set(Task.objects.values_list("id", flat=True))

    assert found == {"staff": ({seen.id, hidden.id}, 1), "contact": ({seen.id}, 0)}
    assert over_all == {seen.id}


def test_the_database_lets_no_contact_write_a_task_of_the_firm(portal: Portal):
    board = started(portal)
    seen, hidden = task(portal, board), task(portal, board, "Check their risk", for_firm=True)

    with pytest.raises(ProgrammingError), acting_as(portal.actor("cleo")), connection.cursor() as cursor:
        cursor.execute("update task set side = 'firm', for_firm = true where id = %s", [seen.id])
    with acting_as(portal.actor("cleo")), connection.cursor() as cursor:
        cursor.execute("update task set for_firm = false where id = %s", [hidden.id])
        changed = cursor.rowcount

    assert changed == 0


def test_a_contact_finds_a_task_of_the_firm_nowhere(portal: Portal):
    board, cleo = started(portal), portal.actor("cleo")
    hidden = task(portal, board, "Check their risk", for_firm=True)

    shown = queries.board(cleo, board.project.id)

    assert shown.tasks == []
    assert shown.project.total == 0
    for ask in (queries.task, queries.task_page):
        with pytest.raises(NotFound):
            ask(cleo, hidden.id)
    assert queries.task_names(cleo, [hidden.id]) == {}


def test_who_looks_as_a_contact_sees_no_task_of_the_firm(portal: Portal):
    board = started(portal)
    task(portal, board, "Check their risk", for_firm=True)

    looking = replace(portal.actor("ben"), looking_as=portal.people["cleo"])

    assert queries.board(looking, board.project.id).tasks == []


def test_what_the_client_sees_never_waits_for_what_it_does_not_see(portal: Portal):
    board, ben = started(portal), portal.actor("ben")
    seen, hidden = task(portal, board), task(portal, board, "Check their risk", for_firm=True)
    also = task(portal, board, "Accounts")
    actions.need_task(ben, task_id=also.id, first_id=seen.id)
    actions.need_task(ben, task_id=hidden.id, first_id=seen.id)

    with pytest.raises(WaitsForUnseen):
        actions.need_task(ben, task_id=seen.id, first_id=hidden.id)
    with pytest.raises(WaitsForUnseen):
        values = TaskValues(title="Send the ledger", for_firm=True)
        actions.change_task(ben, task_id=seen.id, version=seen.version, values=values)
    with pytest.raises(NotFound):
        actions.need_task(portal.actor("cleo"), task_id=also.id, first_id=seen.id)
