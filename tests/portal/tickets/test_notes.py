"""Notes of the firm about tickets: no contact ever sees one, for the database does not show them."""

import pytest
from django.db import connection

from muniment.core.actor import Actor
from muniment.core.db.binding import Binding, Role
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as, bound
from muniment.portal.tickets import actions, queries
from muniment.portal.tickets.models import TicketNote
from tests.cast import Portal
from tests.worker import as_worker

pytestmark = pytest.mark.control("client-requests", "tenant-isolation")


@pytest.fixture
def noted(portal: Portal) -> Portal:
    asked = actions.ask_ticket(portal.actor("cleo"), kind="question", title="Which form?")
    actions.write_note(portal.actor("ben"), ticket_id=asked.id, text="They change banks.")
    return portal


def _rows(binding: Binding) -> int:
    with bound(binding), connection.cursor() as cursor:
        cursor.execute("select count(*) from ticket_note")
        (count,) = cursor.fetchone()
        return int(count)


def test_the_application_bound_for_a_contact_finds_no_note(noted: Portal):
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        assert cursor.fetchone() == ("muniment_app",)

    assert _rows(Binding(noted.okoye, noted.people["ben"])) == 1
    for contact in ("cleo", "dan", "mallory"):
        assert _rows(Binding(noted.okoye, noted.people[contact])) == 0
    assert _rows(Binding(noted.okoye, None)) == 0  # a guest is bound as nobody


@pytest.mark.parametrize("role", ["", "muniment_desk"])
def test_not_even_by_the_desk(noted: Portal, role: Role):
    client_id = None if role else noted.okoye

    assert _rows(Binding(client_id, noted.people["ben"], role)) == 1
    assert _rows(Binding(client_id, noted.people["cleo"], role)) == 0


def test_a_contact_can_write_none_and_change_none(noted: Portal):
    cleo = noted.actor("cleo")
    with acting_as(noted.actor("ben")):
        note = TicketNote.objects.get()

    with acting_as(cleo), connection.cursor() as cursor:
        cursor.execute("update ticket_note set written_by = null")
        assert cursor.rowcount == 0
    with pytest.raises(Exception, match="row-level security"), acting_as(cleo):
        TicketNote(client_id=noted.okoye, ticket_id=note.ticket_id, text="Mine", written_by=cleo.person_id).save()


def test_the_worker_which_turns_keys_sees_them(noted: Portal):
    with as_worker():
        found = _rows(Binding(noted.okoye, None))

    assert found == 1


def test_who_works_for_the_firm_no_more_sees_none(noted: Portal):
    from muniment.trust.clients.models import Membership

    with acting_as(Actor.system(noted.firm_id)):
        from muniment.core import clock

        Membership.objects.filter(client_id=noted.firm_id, person_id=noted.people["ben"]).update(ended_at=clock.now())

    assert _rows(Binding(noted.okoye, noted.people["ben"])) == 0


def test_a_contact_is_refused_by_the_code_as_well(noted: Portal):
    cleo = noted.actor("cleo")
    (row,) = queries.tickets(cleo).rows

    assert queries.ticket(cleo, row.id).notes == []
    with pytest.raises(NotFound):
        actions.write_note(cleo, ticket_id=row.id, text="Let me in")
