"""Two people act on tickets at the very same moment: nothing is lost, and whoever is second is told."""

import pytest

from muniment.portal.tickets import actions, queries
from muniment.portal.tickets.types import Wanted
from muniment.trust.access import actions as access
from tests.cast import Portal
from tests.together import at_once

pytestmark = pytest.mark.control("client-requests")


def test_of_two_moves_at_once_one_is_made_and_the_other_told(portal: Portal):
    cleo, ben = portal.actor("cleo"), portal.actor("ben")
    asked = actions.ask_ticket(cleo, kind="question", title="Which form?")

    refusals = at_once(
        lambda: actions.move_ticket(ben, ticket_id=asked.id, version=1, state="working"),
        lambda: actions.move_ticket(cleo, ticket_id=asked.id, version=1, state="done"),
        lambda: actions.plan_ticket(ben, ticket_id=asked.id, version=1, assignee_id=None, due_on=None),
    )

    details = queries.ticket(ben, asked.id)
    assert refusals == ["TicketMoved", "TicketMoved"]
    assert details.ticket.version == 2
    assert len(details.moves) <= 1


def test_of_many_who_ask_at_once_each_gets_a_number(portal: Portal):
    cleo = portal.actor("cleo")
    wishes = [lambda n=n: actions.ask_ticket(cleo, kind="idea", title=f"Idea {n}") for n in range(4)]

    assert at_once(*wishes) == []

    found = queries.tickets(cleo, Wanted(state=""))
    assert sorted(row.number for row in found.rows) == [1, 2, 3, 4]


def test_of_two_who_switch_a_part_off_at_once_one_is_told(portal: Portal):
    ada = portal.actor("ada", portal.okoye)

    def off() -> object:
        return access.switch_part(ada, part="tickets", is_on=False)

    assert at_once(off, off) == ["PartSwitchedAlready"]
