"""Which kinds of tickets there are: the firm's to say, for every client alike."""

import pytest

from muniment.core.errors import Invalid, NotFound
from muniment.core.unit import acting_as
from muniment.portal.tickets import actions, queries
from muniment.portal.tickets.errors import KindMoved, KindUnknown
from muniment.portal.tickets.models import TicketKind
from tests.cast import Portal

pytestmark = pytest.mark.control("client-requests")


@pytest.mark.usefixtures("portal")
def test_five_kinds_are_there_from_the_beginning():
    assert [kind.name for kind in queries.kinds()] == ["question", "change", "document", "problem", "idea"]


def test_a_new_kind_is_offered_to_every_client(portal: Portal):
    actions.set_kind(portal.actor("ada"), title="Payroll", hint="Who, and from when?", place=1)

    asked = actions.ask_ticket(portal.actor("mallory"), kind="payroll", title="A new colleague")

    assert (asked.kind.title, asked.kind.hint) == ("Payroll", "Who, and from when?")


def test_what_is_not_offered_any_more_stays_what_older_tickets_were(portal: Portal):
    cleo = portal.actor("cleo")
    asked = actions.ask_ticket(cleo, kind="idea", title="A calendar")

    actions.set_kind(portal.actor("ada"), name="idea", version=1, title="Idea", offered=False)

    assert "idea" not in [kind.name for kind in queries.kinds()]
    assert queries.ticket(cleo, asked.id).ticket.kind.name == "idea"
    with pytest.raises(KindUnknown):
        actions.ask_ticket(cleo, kind="idea", title="Another")


def test_of_two_who_change_a_kind_at_once_the_second_is_told(portal: Portal):
    ada = portal.actor("ada")
    actions.set_kind(ada, name="idea", version=1, title="Ideas")

    with pytest.raises(KindMoved):
        actions.set_kind(ada, name="idea", version=1, title="Wishes")
    with pytest.raises(KindMoved):
        actions.set_kind(ada, title="Idea")  # there is one of this name
    with pytest.raises(Invalid):
        actions.set_kind(ada, title=" ")


@pytest.mark.parametrize("who", ["ben", "cleo", "mallory"])
def test_nobody_else_sets_kinds(portal: Portal, who: str):
    with pytest.raises(NotFound):
        actions.set_kind(portal.actor(who), title="Mine")


def test_not_even_the_database_lets_a_client_set_them(portal: Portal):
    with acting_as(portal.actor("cleo")):
        assert TicketKind.objects.filter(name="idea").update(title="Mine") == 0
