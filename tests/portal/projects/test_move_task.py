"""Tasks go from state to state by one table of moves, and in no other way."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from muniment.core.errors import NotFound, PortalError
from muniment.portal.projects import actions, queries
from muniment.portal.projects.errors import (
    FollowsItsThing,
    IllegalMove,
    MovedOn,
    NotInTemplates,
    NotYourSide,
    ProjectOver,
    WaitsForOthers,
)
from muniment.portal.projects.types import MOVES, STATES, State
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from tests.cast import Portal
from tests.portal.projects.casting import done, started, state_of, task

WAYS: dict[State, tuple[State, ...]] = {
    "open": (),
    "in-work": ("in-work",),
    "blocked": ("blocked",),
    "done": ("in-work", "done"),
    "dropped": ("dropped",),
}


@pytest.mark.control("project-workflow")
@pytest.mark.parametrize(("before", "after"), list(itertools.product(STATES, STATES)))
def test_a_task_goes_where_the_table_says_and_nowhere_else(portal: Portal, before, after):
    ben = portal.actor("ben")
    found = task(portal, started(portal))
    for state in WAYS[before]:
        found = actions.move_task(ben, task_id=found.id, version=found.version, state=state)

    if after in MOVES[before]:
        assert actions.move_task(ben, task_id=found.id, version=found.version, state=after).state == after
    else:
        with pytest.raises(IllegalMove):
            actions.move_task(ben, task_id=found.id, version=found.version, state=after)
        assert state_of(portal, found.id) == before


@pytest.mark.control("project-workflow")
def test_an_illegal_move_is_in_the_log_as_refused(portal: Portal):
    found = task(portal, started(portal))

    with pytest.raises(IllegalMove):
        actions.move_task(portal.actor("ben"), task_id=found.id, version=found.version, state="done")

    (entry, *_) = log.entries(portal.actor("ben"), LogFilter(events=(Event.REFUSED,)), limit=1)
    assert entry.facts == {"attempt": "move_task", "rule": "illegal-move"}


def test_the_firm_alone_drops_what_it_asked_for(portal: Portal):
    found = task(portal, started(portal), side="client")

    with pytest.raises(NotYourSide):
        actions.move_task(portal.actor("cleo"), task_id=found.id, version=found.version, state="dropped")

    assert state_of(portal, found.id) == "open"


def test_a_move_leaves_where_from_and_where_to(portal: Portal):
    found = task(portal, started(portal), side="client")

    done(portal, found, "cleo")

    (last, first) = log.entries(portal.actor("ben"), LogFilter(events=(Event.TASK_MOVED,)), limit=2)
    assert [(e.facts["before"], e.facts["after"]) for e in (first, last)] == [("open", "in-work"), ("in-work", "done")]
    assert last.person_id == portal.people["cleo"]


@pytest.mark.control("project-workflow")
def test_a_task_does_not_begin_before_what_comes_first_is_over(portal: Portal):
    ben, board = portal.actor("ben"), started(portal)
    first, after = task(portal, board, "Ledger"), task(portal, board, "Accounts")
    actions.need_task(ben, task_id=after.id, first_id=first.id)

    with pytest.raises(WaitsForOthers):
        actions.move_task(ben, task_id=after.id, version=after.version, state="in-work")
    done(portal, first)

    assert actions.move_task(ben, task_id=after.id, version=after.version, state="in-work").state == "in-work"


@pytest.mark.control("project-workflow")
def test_of_two_moves_at_once_one_is_told_that_it_moved_on(portal: Portal):
    found = task(portal, started(portal))
    ben = portal.actor("ben")

    def go(state):
        try:
            return actions.move_task(ben, task_id=found.id, version=found.version, state=state).state
        except PortalError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        answers = set(both.map(go, ("in-work", "blocked")))

    assert MovedOn.code in answers
    assert state_of(portal, found.id) in answers - {MovedOn.code}


def test_a_contact_moves_what_is_for_the_client_and_nothing_of_the_firm(portal: Portal):
    board, cleo = started(portal), portal.actor("cleo")
    theirs, ours = task(portal, board, side="client"), task(portal, board, side="firm")

    moved = actions.move_task(cleo, task_id=theirs.id, version=theirs.version, state="in-work")
    with pytest.raises(NotYourSide):
        actions.move_task(cleo, task_id=ours.id, version=ours.version, state="in-work")

    assert moved.state == "in-work"


@pytest.mark.control("project-workflow")
def test_nobody_of_another_client_moves_a_task(portal: Portal):
    found = task(portal, started(portal), side="client")

    for client_id in (None, portal.okoye):
        with pytest.raises(NotFound):
            mallory = portal.actor("mallory", client_id)
            actions.move_task(mallory, task_id=found.id, version=found.version, state="in-work")


def test_why_it_is_blocked_stands_there_until_it_goes_on(portal: Portal):
    ben, found = portal.actor("ben"), task(portal, started(portal))

    held = actions.move_task(ben, task_id=found.id, version=found.version, state="blocked", why="The bank is slow")
    free = actions.move_task(ben, task_id=found.id, version=held.version, state="in-work")

    assert (held.why, free.why) == ("The bank is slow", "")


def test_nothing_moves_in_a_closed_project_until_it_is_open_again(portal: Portal):
    ben, board = portal.actor("ben"), started(portal)
    found = task(portal, board)
    closed = actions.close_project(ben, project_id=board.project.id, version=board.project.version)

    with pytest.raises(ProjectOver):
        actions.move_task(ben, task_id=found.id, version=found.version, state="in-work")
    actions.reopen_project(ben, project_id=board.project.id, version=closed.version)

    assert actions.move_task(ben, task_id=found.id, version=found.version, state="in-work").state == "in-work"


def test_nothing_is_worked_on_in_a_template(portal: Portal):
    ben, board = portal.actor("ben"), started(portal)
    task(portal, board)
    template_id = actions.keep_as_template(ben, project_id=board.project.id, name="Year end")
    inside = ben.within(portal.firm_id)
    (copied,) = queries.board(inside, template_id).tasks

    with pytest.raises(NotInTemplates):
        actions.move_task(inside, task_id=copied.id, version=copied.version, state="in-work")


@pytest.mark.control("project-workflow")
def test_a_task_to_read_a_document_is_done_when_its_reader_opened_it_and_not_by_hand(portal: Portal):
    from muniment.portal.documents import actions as documents
    from muniment.portal.projects import jobs
    from tests.guarantees.things import CONTENT, add_document

    ben, cleo, board = portal.actor("ben"), portal.actor("cleo"), started(portal)
    version = add_document(ben, "Terms.pdf", CONTENT)
    thing = {"thing_kind": "document", "thing_id": version.document_id}
    found = task(portal, board, "Read the terms", side="client", assignee_id=cleo.person_id, **thing)
    begun = actions.move_task(cleo, task_id=found.id, version=found.version, state="in-work")

    with pytest.raises(FollowsItsThing):
        actions.move_task(cleo, task_id=found.id, version=begun.version, state="done")
    documents.view_document(ben, document_id=version.document_id)
    jobs.follow_thing(str(portal.okoye), str(found.id))
    before = state_of(portal, found.id)
    documents.view_document(cleo, document_id=version.document_id)
    jobs.follow_thing(str(portal.okoye), str(found.id))

    assert (before, state_of(portal, found.id)) == ("in-work", "done")
