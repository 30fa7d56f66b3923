"""Rules do what they say, once, in the log, and never in a ring."""

from datetime import timedelta

import psycopg
import pytest

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.portal.checklists import actions as checklists
from muniment.portal.checklists.plans import Plan, PlanItem
from muniment.portal.projects import actions, jobs, queries
from muniment.portal.projects.errors import ChainTooLong, NotDueYet, NotForPerson, RuleIncomplete
from muniment.portal.projects.types import CHAIN_MOST, RuleValues
from muniment.trust.access import actions as access
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from tests.cast import Portal
from tests.guarantees.opened import superuser
from tests.portal.projects.casting import done, started, task
from tests.worker import as_worker

pytestmark = pytest.mark.control("project-workflow")
_TELLING = (Event.PROJECT_TOLD, Event.TASK_DUE_SOON)


def rule(portal: Portal, board, trigger="stage-done", effect="next-stage", **values):
    """Let Ben make a rule; about the first stage where nothing else is said."""
    if trigger == "stage-done":
        values.setdefault("stage_id", board.stages[0].id)
    given = RuleValues(trigger=trigger, effect=effect, **values)
    return actions.add_rule(portal.actor("ben"), project_id=board.project.id, values=given)


def work(portal: Portal, board, depth: int = 0) -> None:
    """Do what the worker does when a project moved on."""
    with as_worker():
        jobs.run_rules(str(portal.okoye), str(board.project.id), depth)


def events(portal: Portal, event: Event):
    """Return what the log has of one kind, newest first."""
    return log.entries(portal.actor("ben"), LogFilter(events=(event,)), limit=50)


def test_when_all_tasks_of_a_stage_are_done_the_project_comes_to_the_next_one(portal: Portal):
    board = started(portal)
    one, two = task(portal, board, "One"), task(portal, board, "Two", for_firm=True)
    made = rule(portal, board)

    done(portal, one)
    work(portal, board)
    before = queries.board(portal.actor("ben"), board.project.id).project.stage_id
    done(portal, two)
    work(portal, board)

    after = queries.board(portal.actor("ben"), board.project.id).project.stage_id
    assert (before, after) == (board.stages[0].id, board.stages[1].id)
    (ran,) = events(portal, Event.PROJECT_RULE_RAN)
    (reached, *_) = events(portal, Event.STAGE_REACHED)
    assert (ran.object_id, ran.person_kind) == (made.id, "system")
    assert reached.facts["rule"] == ids.public(made.id)


def test_a_rule_runs_once_however_often_the_worker_looks(portal: Portal):
    board = started(portal)
    rule(portal, board, effect="create-task", title="Thank them", side="firm", days=3)
    done(portal, task(portal, board))

    work(portal, board)
    work(portal, board)

    titles = [one.title for one in queries.board(portal.actor("ben"), board.project.id).tasks]
    assert titles.count("Thank them") == 1
    assert len(events(portal, Event.PROJECT_RULE_RAN)) == 1


def test_a_job_is_handed_out_in_the_transaction_of_the_act_by_a_contact_too(portal: Portal):
    board = started(portal)
    rule(portal, board)
    found = task(portal, board, side="client")
    sql = "select count(*) from app.procrastinate_jobs where task_name = 'projects.run_rules'"

    with psycopg.connect(superuser()) as server:
        before = server.execute(sql).fetchone()
    done(portal, found, "cleo")
    with psycopg.connect(superuser()) as server:
        after = server.execute(sql).fetchone()

    assert before is not None
    assert after is not None
    assert after[0] == before[0] + 2


def test_a_task_that_a_rule_makes_is_given_and_due_as_it_says(portal: Portal):
    board, cleo = started(portal), portal.people["cleo"]
    made = rule(
        portal,
        board,
        effect="create-task",
        title="Sign",
        side="client",
        person_id=cleo,
        days=5,
        to_stage_id=board.stages[1].id,
    )
    done(portal, task(portal, board))

    work(portal, board)

    (found,) = queries.board(portal.actor("ben"), board.project.id).of_stage(board.stages[1].id)
    assert (found.title, found.side, found.assignee_id, found.rule_id) == ("Sign", "client", cleo, made.id)
    assert found.due_on == queries.today() + timedelta(days=5)


def test_a_day_that_has_come_sets_a_rule_off_and_a_later_one_does_not(portal: Portal):
    board, ben = started(portal), portal.actor("ben")
    rule(portal, board, "date", "notify", on_date=queries.today(), person_id=portal.people["cleo"])
    rule(portal, board, "date", "notify", on_date=queries.today() + timedelta(days=1), person_id=ben.person_id)

    with as_worker():
        jobs.look_at_dates(0)

    (told,) = events(portal, Event.PROJECT_TOLD)
    assert told.facts["person"] == ids.public(portal.people["cleo"])
    assert told.object_id == board.project.id


def test_no_day_sets_a_rule_off_or_reminds_anybody_where_projects_are_switched_off(portal: Portal):
    board, ada = started(portal), portal.actor("ada", portal.okoye)
    rule(portal, board, "date", "notify", on_date=queries.today(), person_id=portal.people["cleo"])
    task(portal, board, side="client", due_on=queries.today())

    access.switch_part(ada, part="projects", is_on=False)
    with as_worker():
        jobs.look_at_dates(0)
    while_off = log.entries(Actor.system(portal.okoye), LogFilter(events=_TELLING), limit=50)
    access.switch_part(ada, part="projects", is_on=True)
    with as_worker():
        jobs.look_at_dates(0)

    assert while_off == []
    assert {one.event for one in log.entries(portal.actor("ben"), LogFilter(events=_TELLING), limit=50)} == {*_TELLING}


def test_no_rule_runs_where_projects_were_switched_off_after_what_set_it_off(portal: Portal):
    board, ada = started(portal), portal.actor("ada", portal.okoye)
    made = rule(portal, board)
    done(portal, task(portal, board))

    access.switch_part(ada, part="projects", is_on=False)
    work(portal, board)
    access.switch_part(ada, part="projects", is_on=True)
    while_off = queries.rule(portal.actor("ben"), made.id).ran_at
    work(portal, board)

    assert while_off is None
    assert queries.rule(portal.actor("ben"), made.id).ran_at is not None


def test_a_chain_of_rules_goes_on_and_ends_at_its_bound_with_a_refusal(portal: Portal):
    board = started(portal)
    made = rule(portal, board)
    done(portal, task(portal, board))
    system = Actor.system(portal.okoye, purpose="Tests")

    with as_worker(), pytest.raises(ChainTooLong):
        actions.run_rule(system, rule_id=made.id, depth=CHAIN_MOST)
    assert queries.rule(portal.actor("ben"), made.id).ran_at is None
    (refused, *_) = events(portal, Event.REFUSED)
    assert refused.facts["rule"] == "chain-too-long"
    with as_worker():
        actions.run_rule(system, rule_id=made.id, depth=CHAIN_MOST - 1)

    assert queries.rule(portal.actor("ben"), made.id).ran_at is not None


def test_two_stages_that_would_set_each_other_off_come_to_an_end(portal: Portal):
    board = started(portal)
    first, second = board.stages
    rule(portal, board, effect="next-stage", to_stage_id=second.id)
    rule(portal, board, effect="next-stage", stage_id=second.id, to_stage_id=first.id)
    done(portal, task(portal, board))
    done(portal, task(portal, board, stage=1))

    for depth in range(CHAIN_MOST):
        work(portal, board, depth)

    assert len(events(portal, Event.PROJECT_RULE_RAN)) == 2
    assert queries.board(portal.actor("ben"), board.project.id).project.stage_id == first.id


def test_no_contact_runs_a_rule_and_nobody_before_its_time(portal: Portal):
    board = started(portal)
    made = rule(portal, board)
    found = task(portal, board)

    with pytest.raises(NotFound):
        actions.run_rule(portal.actor("cleo"), rule_id=made.id)
    with pytest.raises(NotDueYet):
        actions.run_rule(portal.actor("ben"), rule_id=made.id)
    done(portal, found)
    actions.run_rule(portal.actor("ben"), rule_id=made.id)

    assert queries.rule(portal.actor("ben"), made.id).ran_at is not None


def test_a_rule_that_lacks_what_it_needs_or_names_a_stranger_is_refused(portal: Portal):
    board = started(portal)

    for values in (
        {"trigger": "date"},
        {"trigger": "thing-done"},
        {"effect": "notify"},
        {"effect": "send-checklist"},
        {"stage_id": board.project.id},
    ):
        with pytest.raises(RuleIncomplete):
            rule(portal, board, **values)
    with pytest.raises(NotForPerson):
        rule(portal, board, effect="notify", person_id=portal.people["mallory"])
    assert queries.rules(portal.actor("ben"), board.project.id) == []


def test_a_rule_that_its_day_sets_off_and_that_is_refused_is_tried_once_until_the_project_changes(portal: Portal):
    board, ben, firm = started(portal), portal.actor("ben"), portal.actor("ben", portal.firm_id)
    papers = checklists.make_template(firm, plan=Plan("Papers", "", (PlanItem(1, "read", "Terms"),)))
    made = rule(portal, board, "date", "send-checklist", on_date=queries.today(), checklist_template_id=papers.id)
    checklists.retire_template(firm, template_id=papers.id)

    with as_worker():
        jobs.look_at_dates(0)
        jobs.look_at_dates(0)
    once = events(portal, Event.PROJECT_RULE_REFUSED)
    kept = queries.rule(ben, made.id)
    task(portal, board)
    work(portal, board)

    assert [entry.object_id for entry in once] == [made.id]
    assert (kept.refused, kept.ran_at) == ("not-found", None)
    assert kept.refused_at is not None
    assert len(events(portal, Event.PROJECT_RULE_REFUSED)) == 2


def test_a_rule_that_is_changed_can_run_once_more(portal: Portal):
    board, ben = started(portal), portal.actor("ben")
    made = rule(portal, board, effect="create-task", title="Thank them")
    done(portal, task(portal, board))
    work(portal, board)

    values = RuleValues(trigger="stage-done", effect="next-stage", stage_id=board.stages[0].id)
    done(portal, queries.board(ben, board.project.id).tasks[-1])
    actions.change_rule(ben, rule_id=made.id, version=made.version, values=values)
    work(portal, board)

    assert len(events(portal, Event.PROJECT_RULE_RAN)) == 2
    assert queries.board(ben, board.project.id).project.stage_id == board.stages[1].id
