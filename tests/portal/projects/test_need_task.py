"""What comes first: never in a ring, whatever is between."""

import itertools
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muniment.core import ids
from muniment.core.errors import NotFound
from muniment.portal.projects import actions, queries
from muniment.portal.projects.actions.tasks import _all_before
from muniment.portal.projects.errors import NotForPerson, ThingNotThere, WouldCircle
from muniment.portal.projects.types import Side, TaskValues
from tests.cast import Portal
from tests.portal.projects.casting import started, task

pytestmark = pytest.mark.control("project-workflow")


def test_a_ring_is_refused_however_long(portal: Portal):
    ben, board = portal.actor("ben"), started(portal)
    chain = [task(portal, board, f"Task {number}") for number in range(4)]
    for first, after in itertools.pairwise(chain):
        actions.need_task(ben, task_id=after.id, first_id=first.id)

    for first in chain:
        with pytest.raises(WouldCircle):
            actions.need_task(ben, task_id=chain[0].id, first_id=first.id)

    actions.need_task(ben, task_id=chain[3].id, first_id=chain[0].id)  # a shorter way to the same is none
    assert queries.task(ben, chain[3].id).needs == {chain[2].id, chain[0].id}


def test_a_task_of_another_project_never_comes_first(portal: Portal):
    ben = portal.actor("ben")
    here, there = task(portal, started(portal)), task(portal, started(portal, "Merger"))

    with pytest.raises(NotFound):
        actions.need_task(ben, task_id=here.id, first_id=there.id)


def test_what_need_not_wait_any_more_can_begin(portal: Portal):
    ben, board = portal.actor("ben"), started(portal)
    first, after = task(portal, board), task(portal, board)
    actions.need_task(ben, task_id=after.id, first_id=first.id)

    actions.free_task(ben, task_id=after.id, first_id=first.id)
    with pytest.raises(NotFound):
        actions.free_task(ben, task_id=after.id, first_id=first.id)

    assert actions.move_task(ben, task_id=after.id, version=after.version, state="in-work").state == "in-work"


def test_a_task_is_given_to_nobody_who_cannot_see_it_and_points_to_nothing_that_is_not_there(portal: Portal):
    ben, board = portal.actor("ben"), started(portal)
    at = {"project_id": board.project.id, "stage_id": board.stages[0].id}

    wrong: tuple[tuple[Side, str], ...]
    wrong = (("client", "ben"), ("firm", "cleo"), ("client", "dan"), ("client", "mallory"))
    for side, who in wrong:
        with pytest.raises(NotForPerson):
            actions.add_task(ben, **at, values=TaskValues("Sign", side=side, assignee_id=portal.people[who]))
    for kind in ("document", "checklist", "checklist-template"):
        with pytest.raises(ThingNotThere):
            actions.add_task(ben, **at, values=TaskValues("Read", thing_kind=kind, thing_id=ids.new()))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=25))
def test_no_order_of_what_is_allowed_makes_a_ring(pairs):
    numbers = [ids.new() for _ in range(7)]
    needs: dict[UUID, frozenset[UUID]] = {}
    for task_number, first_number in pairs:
        waiting, first = numbers[task_number], numbers[first_number]
        if waiting not in _all_before(needs, first):
            needs[waiting] = needs.get(waiting, frozenset()) | {first}

    for start in numbers:
        assert all(start not in _all_before(needs, first) for first in needs.get(start, ()))
