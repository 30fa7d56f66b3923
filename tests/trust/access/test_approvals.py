"""Two people decide about what one alone may not do; each step is in the log, and nothing serves twice."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as
from muniment.trust.access import actions, queries
from muniment.trust.access.errors import AskedAlready, NotApproved, ReasonMissing, SecondPersonNeeded, TooEarly
from muniment.trust.access.models import Approval
from muniment.trust.audit import queries as log
from tests.cast import Portal

ACT = "person:end"


def _ask(portal: Portal, **more):
    dan = ("person", portal.people["dan"])
    return actions.ask_approval(portal.actor("cleo"), act=ACT, obj=dan, reason="He left the company", **more)


def _use(portal: Portal, approval_id):
    return actions.use_approval(_ada(portal), approval_id=approval_id, act=ACT, object_id=portal.people["dan"])


def _ada(portal: Portal) -> Actor:
    return portal.actor("ada", portal.okoye)


def test_what_one_asks_and_another_approves_can_be_done_once(portal: Portal):
    asked = _ask(portal)

    approved = actions.approve(_ada(portal), approval_id=asked.id, reason="He told me so")
    used = _use(portal, asked.id)

    assert (asked.state, approved.state, used.state) == ("asked", "approved", "used")
    assert (approved.reason, approved.decision) == ("He left the company", "He told me so")
    assert approved.decided_by == portal.people["ada"] != approved.asked_by
    with pytest.raises(NotApproved):
        _use(portal, asked.id)
    events = [entry.event for entry in log.entries(Actor.system(portal.okoye), limit=10)]
    assert [e for e in events if e.startswith("approval.")] == ["approval.used", "approval.given", "approval.asked"]


def test_nobody_approves_or_declines_what_they_asked_for(portal: Portal):
    asked = _ask(portal)

    for decide in (actions.approve, actions.decline):
        with pytest.raises(SecondPersonNeeded):
            decide(portal.actor("cleo"), approval_id=asked.id)

    with pytest.raises(NotApproved):
        _use(portal, asked.id)


def test_the_database_itself_refuses_one_person_in_both_places(portal: Portal):
    asked = _ask(portal)

    with pytest.raises(IntegrityError), acting_as(portal.actor("cleo")):
        Approval.objects.filter(id=asked.id).update(state="approved", decided_by=portal.people["cleo"])


def test_the_portal_itself_is_no_second_person(portal: Portal):
    asked = _ask(portal)

    with pytest.raises(SecondPersonNeeded):
        actions.approve(Actor.system(portal.okoye), approval_id=asked.id)
    with pytest.raises(NotFound):
        actions.ask_approval(Actor.system(portal.okoye), act=ACT, obj=("person", asked.id), reason="x")


@pytest.mark.parametrize("name", ["ben", "dan", "mallory"])
def test_who_may_not_do_it_may_neither_ask_nor_decide_nor_see(portal: Portal, name: str):
    asked = _ask(portal)
    somebody = portal.actor(name, portal.okoye)

    with pytest.raises(NotFound):
        actions.approve(somebody, approval_id=asked.id)
    with pytest.raises(NotFound):
        actions.take_back(somebody, approval_id=asked.id)
    with pytest.raises(NotFound):
        actions.ask_approval(somebody, act=ACT, obj=("person", portal.people["cleo"]), reason="x")
    assert queries.approvals(somebody) == []


def test_declined_is_the_end(portal: Portal):
    asked = _ask(portal)

    actions.decline(_ada(portal), approval_id=asked.id, reason="He is still there")

    with pytest.raises(NotApproved):
        actions.approve(_ada(portal), approval_id=asked.id)
    with pytest.raises(NotApproved):
        _use(portal, asked.id)
    assert queries.approvals(_ada(portal)) == []
    assert [found.state for found in queries.approvals(_ada(portal), open_only=False)] == ["declined"]


@pytest.mark.parametrize("approved", [False, True])
def test_taken_back_is_the_end_even_if_it_was_approved(portal: Portal, approved: bool):
    asked = _ask(portal)
    if approved:
        actions.approve(_ada(portal), approval_id=asked.id)

    actions.take_back(portal.actor("cleo"), approval_id=asked.id)

    with pytest.raises(NotApproved):
        actions.approve(_ada(portal), approval_id=asked.id)
    with pytest.raises(NotApproved):
        _use(portal, asked.id)


def test_nothing_is_done_before_its_time(portal: Portal, monkeypatch):
    due = clock.now() + timedelta(days=7)
    asked = _ask(portal, not_before=due)
    actions.approve(_ada(portal), approval_id=asked.id)

    with pytest.raises(TooEarly):
        _use(portal, asked.id)

    monkeypatch.setattr(clock, "now", lambda: due)
    assert _use(portal, asked.id).state == "used"


def test_an_approval_serves_for_its_own_act_and_thing_alone(portal: Portal):
    asked = _ask(portal)
    actions.approve(_ada(portal), approval_id=asked.id)

    for act, object_id in ((ACT, portal.people["cleo"]), ("person:invite", portal.people["dan"])):
        with pytest.raises(NotApproved):
            actions.use_approval(_ada(portal), approval_id=asked.id, act=act, object_id=object_id)


def test_the_same_is_asked_for_once_at_a_time(portal: Portal):
    asked = _ask(portal)

    with pytest.raises(AskedAlready):
        _ask(portal)

    actions.take_back(portal.actor("cleo"), approval_id=asked.id)
    assert _ask(portal).state == "asked"


def test_a_reason_is_needed(portal: Portal):
    with pytest.raises(ReasonMissing):
        actions.ask_approval(portal.actor("cleo"), act=ACT, obj=("person", portal.people["dan"]), reason=" ")
