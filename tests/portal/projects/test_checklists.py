"""Tasks that point to checklists, and rules that send them."""

from uuid import UUID

import pytest

from muniment.portal.checklists import actions as checklists
from muniment.portal.checklists import queries as known
from muniment.portal.checklists.plans import Plan, PlanItem
from muniment.portal.checklists.types import Sending
from muniment.portal.projects import actions, jobs, queries
from muniment.portal.projects.types import RuleValues, TaskFacts
from tests.cast import Portal
from tests.portal.projects.casting import done, started, state_of, task
from tests.worker import as_worker

pytestmark = pytest.mark.control("project-workflow")
PLAN = Plan("Papers of {client}", "", (PlanItem(1, "answer", "Turnover", shape="number"), PlanItem(2, "read", "Terms")))


def template(portal: Portal) -> UUID:
    """Let Ben make a template of a checklist with a question and something to read."""
    return checklists.make_template(portal.actor("ben", portal.firm_id), plan=PLAN).id


def answer(portal: Portal, checklist_id: UUID, title: str, text: str = "") -> None:
    """Let Cleo answer an item, and Ben accept it where somebody has to."""
    (item,) = [one for one in known.checklist_page(portal.actor("ben"), checklist_id).items if one.title == title]
    given = checklists.answer_item(portal.actor("cleo"), item_id=item.id, version=item.version, answer=text)
    if given.state != "accepted":
        checklists.accept_item(portal.actor("ben"), item_id=item.id, version=given.version)


def follow(portal: Portal, found: TaskFacts) -> str:
    """Let the worker look at a task, and return how far it is then."""
    with as_worker():
        jobs.follow_thing(str(portal.okoye), str(found.id))
    return state_of(portal, found.id)


def test_a_task_sends_its_checklist_when_it_begins_and_is_done_when_all_of_it_is_accepted(portal: Portal):
    cleo, board = portal.actor("cleo"), started(portal)
    papers = template(portal)
    found = task(portal, board, "Papers", side="client", thing_kind="checklist-template", thing_id=papers)

    begun = actions.move_task(cleo, task_id=found.id, version=found.version, state="in-work")
    assert begun.thing_kind == "checklist"
    assert begun.thing_id is not None
    answer(portal, begun.thing_id, "Turnover", "12000")
    first = follow(portal, begun)
    answer(portal, begun.thing_id, "Terms", "yes")

    assert (first, follow(portal, begun)) == ("in-work", "done")
    assert queries.thing_name(cleo, "checklist", begun.thing_id) == "Papers of Okoye Holdings Ltd"


def test_a_rule_sends_a_checklist_and_makes_the_task_that_follows_it(portal: Portal):
    ben, board = portal.actor("ben"), started(portal)
    values = RuleValues(
        trigger="stage-done",
        effect="send-checklist",
        stage_id=board.stages[0].id,
        checklist_template_id=template(portal),
    )
    made = actions.add_rule(ben, project_id=board.project.id, values=values)
    done(portal, task(portal, board))

    with as_worker():
        jobs.run_rules(str(portal.okoye), str(board.project.id), 0)

    (sent,) = known.checklists(ben)
    (found,) = [one for one in queries.board(ben, board.project.id).tasks if one.rule_id == made.id]
    assert (found.thing_kind, found.thing_id, found.side) == ("checklist", sent.id, "client")


def test_a_rule_is_set_off_when_all_of_a_tasks_checklist_is_accepted(portal: Portal):
    ben, board = portal.actor("ben"), started(portal)
    sent = checklists.send_template(ben, template_id=template(portal), sending=Sending(queries.today()))
    found = task(portal, board, "Papers", side="client", thing_kind="checklist", thing_id=sent.id)
    values = RuleValues(trigger="thing-done", effect="next-stage", task_id=found.id)
    actions.add_rule(ben, project_id=board.project.id, values=values)
    answer(portal, sent.id, "Turnover", "12000")
    answer(portal, sent.id, "Terms", "yes")

    state = follow(portal, found)
    with as_worker():
        jobs.run_rules(str(portal.okoye), str(board.project.id), 0)

    assert state == "done"
    assert queries.board(ben, board.project.id).project.stage_id == board.stages[1].id


def test_a_template_of_a_project_keeps_which_checklist_its_tasks_send(portal: Portal):
    ben, board = portal.actor("ben"), started(portal)
    template_id = template(portal)
    task(portal, board, "Papers", side="client", thing_kind="checklist-template", thing_id=template_id)

    kept = actions.keep_as_template(ben, project_id=board.project.id, name="Year end")
    made = actions.start_project(ben, values=actions.ProjectValues("Year end 2027"), template_id=kept)

    (copied,) = queries.board(ben, made.id).tasks
    assert (copied.thing_kind, copied.thing_id) == ("checklist-template", template_id)
