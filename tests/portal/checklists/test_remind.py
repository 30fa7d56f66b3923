"""Reminding: once before and once after the day, by hand at any time, for one or for all that are late."""

from datetime import date, timedelta

import pytest

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.telling import Told
from muniment.core.unit import acting_as
from muniment.portal.checklists import actions, jobs, queries
from muniment.portal.checklists.errors import NobodyToRemind
from muniment.portal.checklists.models import Item
from muniment.portal.checklists.plans import Plan, PlanItem
from muniment.portal.checklists.queries import needs
from muniment.portal.checklists.types import ItemFacts
from muniment.trust.access import actions as access
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from tests.portal.checklists.asking import STATEMENTS, TURNOVER, answer, events, late, put_file, send, today

ONE = Plan("One", items=(PlanItem(1, "answer", TURNOVER, shape="number", due_days=3),))


def _due(item: ItemFacts) -> date:
    assert item.due is not None
    return item.due


def _reminders(actor):
    found = log.entries(Actor.system(actor.client), LogFilter(events=(Event.CHECKLIST_REMINDED,)), limit=50)
    return [(entry.facts["when"], entry.facts["items"]) for entry in found]


def test_the_portal_reminds_a_day_before_and_a_day_after_and_each_once(ben):
    sent = send(ben, ONE)
    portal = Actor.system(ben.client, purpose="Tests")
    due = _due(sent[TURNOVER])

    counts = [actions.remind_due(portal, due + timedelta(days=days)) for days in (-2, -1, -1, 0, 1, 1, 5)]

    assert counts == [0, 1, 0, 0, 1, 0, 0]
    assert _reminders(ben) == [("after", 1), ("before", 1)]


def test_a_day_that_was_missed_is_caught_up(ben):
    sent = send(ben, ONE)

    assert actions.remind_due(Actor.system(ben.client), _due(sent[TURNOVER]) + timedelta(days=9)) == 1
    assert _reminders(ben) == [("after", 1)]


def test_nobody_is_reminded_of_what_is_answered_or_closed(ben, cleo):
    answered, closed = send(ben, ONE), send(ben, ONE)
    due = _due(answered[TURNOVER])
    answer(cleo, answered[TURNOVER], "12")
    actions.close_checklist(ben, checklist_id=closed.id)

    assert actions.remind_due(Actor.system(ben.client), due + timedelta(days=1)) == 0
    with pytest.raises(NobodyToRemind):
        actions.remind_checklist(ben, checklist_id=answered.id)


def test_a_new_day_is_reminded_of_anew(ben):
    sent = send(ben, ONE)
    portal, item = Actor.system(ben.client), sent[TURNOVER]
    actions.remind_due(portal, _due(item) + timedelta(days=1))

    later = _due(item) + timedelta(days=30)
    actions.assign_item(ben, item_id=item.id, version=item.version, assignee_id=None, due=later)

    assert actions.remind_due(portal, later - timedelta(days=1)) == 1


def test_the_job_reminds_in_every_client(ben, sent):
    late(ben, sent)

    jobs.remind(0)

    assert _reminders(ben) == [("after", 2)]


def test_the_job_reminds_nobody_where_requests_are_switched_off(portal, ben, sent):
    ada = portal.actor("ada", portal.okoye)
    late(ben, sent)
    access.switch_part(ada, part="requests", is_on=False)
    jobs.remind(0)
    assert _reminders(ben) == []

    access.switch_part(ada, part="requests", is_on=True)
    jobs.remind(0)
    assert _reminders(ben) == [("after", 2)]


@pytest.mark.control("client-requests")
def test_everybody_who_is_late_is_reminded_with_one_act(portal, ben, ben_at_firm, mallory):
    first, second, third = send(ben, ONE), send(ben, ONE), send(ben, ONE)
    for sent in (first, second):
        late(ben, sent)

    found = actions.remind_late(ben_at_firm, today())

    assert {one.checklist_id for one in found} == {first.id, second.id}
    assert events(ben, third.id)[0] == "checklist.sent"
    assert events(ben, first.id)[0] == "checklist.reminded"
    assert actions.remind_late(mallory, today()) == []
    assert actions.remind_late(portal.actor("ada"), today()) == []


def test_what_is_late_and_what_waits_is_listed_over_all_clients_of_ones_own(portal, ben, ben_at_firm, cleo):
    sent = send(ben)
    late(ben, sent)
    answer(cleo, sent[TURNOVER], "12")

    assert [row.id for row in queries.late_everywhere(ben_at_firm, today())] == [sent.id]
    assert [row.id for row in queries.to_review_everywhere(ben_at_firm)] == [sent.id]
    for stranger in (portal.actor("ada"), cleo, portal.actor("mallory")):
        assert queries.to_review_everywhere(stranger) == []


def test_needs_of_a_contact_are_what_is_open_and_theirs(ben, cleo, dan, portal):
    few = send(ben, ONE)
    item = few[TURNOVER]
    (need,) = needs.needs(cleo)
    assert (need.kind, need.title, need.due) == ("answer", TURNOVER, item.due)

    send(ben)
    found = needs.needs(cleo)
    assert [need.title for need in found] == [TURNOVER, "Year end 2026"]
    assert needs.needs(dan) == []

    actions.assign_item(ben, item_id=item.id, version=item.version, assignee_id=portal.people["dan"], due=item.due)
    assert [one.title for one in needs.needs(cleo)] == ["Year end 2026"]
    assert [one.title for one in needs.needs(ben)] == ["Draw up the accounts"]


def test_needs_are_not_hidden_behind_what_asks_others(ben, cleo, portal):
    item = send(ben, ONE)[TURNOVER]
    with acting_as(ben):
        row = Item.objects.get(client_id=ben.client, id=item.id)
        kept = {field.attname: getattr(row, field.attname) for field in Item._meta.concrete_fields}
        others = [{"id": ids.new(), "number": 2 + n, "assignee_id": portal.people["dan"]} for n in range(300)]
        mine = {"id": ids.new(), "number": 900, "title": "Mine", "assignee_id": cleo.person_id}
        Item.objects.bulk_create([Item(**kept | new) for new in (*others, mine)])

    assert [need.title for need in needs.needs(cleo)] == [TURNOVER, "Mine"]


def test_needs_of_the_firm_are_answers_to_look_at_and_what_is_late(ben, ben_at_firm, cleo):
    sent = send(ben)
    put_file(cleo, sent[STATEMENTS])
    late(ben, sent)

    found = needs.needs_everywhere(ben_at_firm)

    assert [(need.kind, need.title, need.client_id) for need in found] == [
        ("decide", "Year end 2026", ben.client),
        ("do", "Year end 2026", ben.client),
    ]


def test_whom_an_act_concerns(ben, cleo, dan, portal):
    sent = send(ben, ONE)
    answer(cleo, sent[TURNOVER], "12")
    actions.send_item_back(ben, item_id=sent[TURNOVER].id, version=sent[TURNOVER].version, note="Why?")

    asked = _concerned(ben, Event.CHECKLIST_SENT, sent.id)
    answered = _concerned(ben, Event.ITEM_ANSWERED, sent[TURNOVER].id)
    returned = _concerned(ben, Event.ITEM_SENT_BACK, sent[TURNOVER].id)

    assert asked.people == {cleo.person_id}
    assert answered.people == {ben.person_id}
    assert returned.people == {cleo.person_id}
    assert "/requests/" in asked.url

    item = sent[TURNOVER]
    actions.assign_item(ben, item_id=item.id, version=item.version, assignee_id=dan.person_id, due=None)
    actions.remind_checklist(ben, checklist_id=sent.id)
    assert cleo.person_id not in _concerned(ben, Event.CHECKLIST_REMINDED, sent.id).people
    with pytest.raises(NotFound):
        actions.assign_item(
            ben,
            item_id=item.id,
            version=sent[TURNOVER].version,
            assignee_id=portal.people["mallory"],
            due=None,
        )


def _concerned(actor, event, object_id):
    (entry,) = log.entries(Actor.system(actor.client), LogFilter(events=(event,), object_id=object_id), limit=1)
    told = Told(entry.id, actor.client, event.value, object_id, entry.facts, entry.person_id, entry.at)
    return queries.CONCERNED[event](told)
