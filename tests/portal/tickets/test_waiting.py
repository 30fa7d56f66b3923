"""What waits for whom because of tickets, whom an act concerns, and finding them again."""

from dataclasses import replace
from datetime import date
from importlib import import_module
from uuid import uuid4

import pytest

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.telling import Told
from muniment.core.unit import acting_as
from muniment.portal.tickets import actions, queries
from muniment.portal.tickets.types import TicketFacts, Wanted
from muniment.trust.audit.types import Event
from tests.cast import Portal

pytestmark = pytest.mark.control("client-requests")


@pytest.fixture
def asked(portal: Portal) -> TicketFacts:
    return actions.ask_ticket(portal.actor("cleo"), kind="question", title="Which form?", text="For the loan.")


def _told(asked: TicketFacts, event: Event) -> Told:
    return Told(uuid4(), asked.client_id, event, asked.id, {}, None, clock.now())


def test_what_is_new_waits_for_the_firm_and_what_is_asked_back_for_the_client(asked: TicketFacts, portal: Portal):
    cleo, ben = portal.actor("cleo"), portal.actor("ben")
    assert queries.needs(cleo) == []
    (new,) = queries.needs(ben)
    actions.move_ticket(ben, ticket_id=asked.id, version=1, state="waiting", word="Which bank?")

    (waits,) = queries.needs(cleo)

    assert (new.kind, new.title, new.url) == ("do", "Which form?", queries.ticket_url(portal.okoye, asked.id))
    assert (waits.kind, waits.waits_for) == ("answer", frozenset({cleo.person_id}))
    assert queries.needs(ben) == []
    assert queries.needs(portal.actor("dan")) == []  # a guest


def test_what_is_done_is_asked_about_until_it_is_said(asked: TicketFacts, portal: Portal):
    cleo = portal.actor("cleo")
    actions.move_ticket(portal.actor("ben"), ticket_id=asked.id, version=1, state="done")
    (need,) = queries.needs(cleo)

    actions.rate_ticket(cleo, ticket_id=asked.id, version=2, satisfied=True)

    assert need.kind == "decide"
    assert queries.needs(cleo) == []


def test_across_clients_staff_see_those_they_work_for(asked: TicketFacts, portal: Portal):
    ben = portal.actor("ben", portal.firm_id)
    actions.ask_ticket(portal.actor("mallory"), kind="question", title="Theirs")

    assert [need.title for need in queries.needs_everywhere(ben)] == ["Which form?"]
    assert [row.id for row in queries.everywhere(ben, Wanted()).rows] == [asked.id]
    counts = queries.triage(ben)
    assert (counts.new, counts.unassigned, counts.mine, counts.late, counts.waiting) == (1, 1, 0, 0, 0)
    assert queries.everywhere(ben, Wanted(client_id=portal.brandt)).rows == []
    assert queries.everywhere(portal.actor("ada"), Wanted()).rows == []  # who administers reads no content
    with pytest.raises(NotFound):
        queries.everywhere(portal.actor("cleo"), Wanted())


def test_what_is_late_counts_and_waits_for_the_client_too(portal: Portal):
    ben = portal.actor("ben")
    late = actions.ask_ticket(portal.actor("cleo"), kind="change", title="A new address", due_on=date(2020, 1, 1))
    actions.move_ticket(ben, ticket_id=late.id, version=1, state="waiting", word="From when?")

    (need,) = queries.needs_everywhere(ben)

    assert (need.kind, need.due) == ("answer", date(2020, 1, 1))
    assert queries.triage(ben).late == 1


@pytest.mark.parametrize(
    ("event", "people"),
    [
        (Event.TICKET_ASKED, {"ben"}),
        (Event.TICKET_MOVED, {"ben", "cleo"}),
        (Event.TICKET_ASSIGNED, {"ben"}),
        (Event.TICKET_NOTED, {"ben"}),
        (Event.TICKET_RATED, {"ben"}),
    ],
)
def test_an_act_concerns_those_it_is_for(asked: TicketFacts, portal: Portal, event: Event, people: set[str]):
    actions.move_ticket(portal.actor("ben"), ticket_id=asked.id, version=1, state="working")

    found = queries.CONCERNED[event](_told(asked, event))

    assert found.people == {portal.people[name] for name in people}
    assert found.url == queries.ticket_url(portal.okoye, asked.id)


def test_in_a_part_that_is_off_an_act_concerns_nobody(asked: TicketFacts, portal: Portal):
    from muniment.trust.access import actions as access

    access.switch_part(portal.actor("ada", portal.okoye), part="tickets", is_on=False)

    assert queries.CONCERNED[Event.TICKET_ASKED](_told(asked, Event.TICKET_ASKED)).people == frozenset()


def test_tickets_are_found_by_their_words_by_those_who_see_them(asked: TicketFacts, portal: Portal):
    cleo = portal.actor("cleo")
    actions.change_ticket(cleo, ticket_id=asked.id, version=1, kind="question", title="Which form?", text="A mortgage.")

    assert [one.id for one in queries.search(cleo, "mortgage", 5)] == [asked.id]
    assert [one.title for one in queries.search(portal.actor("ben"), "form", 5)] == ["Which form?"]
    assert queries.search(cleo, "loan", 5) == []
    assert queries.search(portal.actor("dan"), "mortgage", 5) == []
    assert queries.search(portal.actor("mallory"), "mortgage", 5) == []


def test_what_was_asked_while_the_search_was_off_is_found_later(portal: Portal):
    from muniment.portal.documents import actions as documents

    cleo = portal.actor("cleo")
    documents.switch_search(cleo, is_on=False)
    asked = actions.ask_ticket(cleo, kind="question", title="Mortgage")
    assert queries.search(cleo, "mortgage", 5) == []
    documents.switch_search(cleo, is_on=True)

    assert actions.index_client(Actor.system(portal.okoye)) == 1
    assert actions.index_client(Actor.system(portal.okoye)) == 0

    assert [one.id for one in queries.search(cleo, "mortgage", 5)] == [asked.id]


def test_the_table_that_is_taken_along_is_in_the_log_of_the_client(asked: TicketFacts, portal: Portal):
    from muniment.trust.audit import queries as log
    from muniment.trust.audit.queries import LogFilter

    found = actions.export_tickets(portal.actor("ben"), wanted=Wanted())

    newest = log.entries(portal.actor("cleo"), LogFilter(), limit=1)[0]
    assert [row.id for row in found] == [asked.id]
    assert (newest.event, newest.facts) == (Event.TICKETS_EXPORTED, {"tickets": 1})
    with pytest.raises(NotFound):
        actions.export_tickets(portal.actor("cleo"), wanted=Wanted())


def test_who_looks_as_a_contact_has_no_list_over_all_clients(portal: Portal):
    with pytest.raises(NotFound):
        queries.everywhere(replace(portal.actor("ben"), looking_as=portal.people["cleo"]), Wanted())


def test_names_are_for_those_who_see_the_tickets(asked: TicketFacts, portal: Portal):
    for who, expected in (("cleo", {asked.id}), ("ben", {asked.id}), ("dan", set()), ("mallory", set())):
        actor = portal.actor(who)
        with acting_as(actor):
            assert set(queries.names(actor, [asked.id])) == queries.seen(actor, [asked.id]) == expected


def test_across_clients_what_is_due_first_comes_first_and_no_more_than_fits(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
):
    ben, cleo, mallory = portal.actor("ben", portal.firm_id), portal.actor("cleo"), portal.actor("mallory")
    for day in (5, None, 3, 1, 4):
        due_on = date(2020, 1, day) if day else None
        actions.ask_ticket(cleo, kind="question", title=f"Of day {day}", due_on=due_on)
    actions.ask_ticket(mallory, kind="question", title="Theirs", due_on=date(2019, 1, 1))

    assert [need.title for need in queries.needs_everywhere(ben)] == [f"Of day {day}" for day in (1, 3, 4, 5, None)]
    monkeypatch.setattr(import_module("muniment.portal.tickets.queries.needs"), "MOST", 3)
    assert [need.title for need in queries.needs_everywhere(ben)] == ["Of day 1", "Of day 3", "Of day 4"]
    assert queries.needs_everywhere(ben, frozenset()) == []
    assert queries.needs_everywhere(ben, frozenset({portal.brandt})) == []  # where they do not belong
