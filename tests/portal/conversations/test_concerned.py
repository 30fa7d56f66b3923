"""Whom an act concerns: those who take part and may read it, and nobody else."""

import pytest

from muniment.core import clock, ids
from muniment.core.telling import Told
from muniment.portal.conversations import actions
from muniment.portal.conversations.queries.concerned import CONCERNED
from muniment.portal.documents import actions as documents
from muniment.trust.audit import queries as log
from muniment.trust.audit.types import Event
from tests.cast import Portal
from tests.guarantees.things import CONTENT, add_document


def told(portal, event):
    entry = next(entry for entry in log.entries(portal.actor("ben")) if entry.event == event)
    return Told(entry.id, portal.okoye, entry.event, entry.object_id, entry.facts, entry.person_id, clock.now())


def concerned(portal, event):
    found = CONCERNED[event](told(portal, event))
    names = {person_id: name for name, person_id in portal.people.items()}
    return {names[person_id] for person_id in found.people}, found.url


@pytest.fixture
def talk(portal: Portal):
    return actions.start_thread(portal.actor("cleo"), title="Year end", body="Which receipts?")


def test_a_new_thread_concerns_everyone_who_may_read_it(portal: Portal, talk):
    address = f"/{ids.public(portal.okoye)}/messages/{ids.public(talk.id)}/"

    assert concerned(portal, Event.THREAD_STARTED) == ({"cleo", "ben"}, address)


def test_an_answer_concerns_those_who_take_part(portal: Portal, talk):
    actions.send_message(portal.actor("ben"), thread_id=talk.id, body="All", mention_ids=[portal.people["cleo"]])

    assert concerned(portal, Event.MESSAGE_SENT)[0] == {"cleo", "ben"}
    assert concerned(portal, Event.PERSON_MENTIONED)[0] == {"cleo"}


def test_being_assigned_concerns_who_is_and_solving_who_took_part(portal: Portal, talk):
    ben = portal.actor("ben")
    actions.assign_thread(ben, thread_id=talk.id, person_id=portal.people["ben"], before=None)
    actions.solve_thread(ben, thread_id=talk.id)

    assert concerned(portal, Event.THREAD_ASSIGNED)[0] == {"ben"}
    assert concerned(portal, Event.THREAD_SOLVED)[0] == {"cleo", "ben"}


def test_nobody_is_told_of_what_they_may_not_see(portal: Portal):
    ben = portal.actor("ben")
    fees = add_document(ben, "Fees.pdf", CONTENT)
    actions.start_thread(ben, title="Fees", body="High?", about="document", about_id=fees.document_id)
    assert concerned(portal, Event.THREAD_STARTED)[0] == {"cleo", "ben"}

    documents.set_label(ben, target="document", target_id=fees.document_id, label="internal")

    assert concerned(portal, Event.THREAD_STARTED)[0] == {"ben"}
