"""Pages about tickets: asking, following, working, sorting, and two who change one thing at once."""

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from muniment.core import ids
from muniment.portal.documents import queries as documents
from muniment.portal.tickets import actions, queries
from muniment.portal.tickets.actions import asking
from muniment.portal.tickets.types import TicketFacts
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from tests.cast import Portal, signed_in
from tests.guarantees.things import CONTENT, add_document

pytestmark = pytest.mark.control("client-requests")


@pytest.fixture
def asked(portal: Portal) -> TicketFacts:
    return actions.ask_ticket(portal.actor("cleo"), kind="question", title="Which form?", text="For the loan.")


@pytest.fixture
def cleo(portal: Portal) -> Browser:
    return signed_in(portal.people["cleo"])


@pytest.fixture
def ben(portal: Portal) -> Browser:
    return signed_in(portal.people["ben"])


def _page(browser: Browser, url: str) -> str:
    response = browser.get(url, secure=True)
    assert response.status_code == 200
    return response.content.decode()


def _post(browser: Browser, url: str, values: dict[str, Any]) -> Any:
    return browser.post(url, values, secure=True)


def test_a_contact_asks_with_a_file_and_follows_it(portal: Portal, cleo: Browser):
    base = f"/{ids.public(portal.okoye)}/tickets/"
    assert "Ask for something" in _page(cleo, base)
    values = {"kind": "document", "title": "The old lease", "text": "For the bank.", "due_on": "2030-01-31"}
    sent = SimpleUploadedFile("Letter.txt", b"Dear all", content_type="text/plain")

    answer = _post(cleo, f"{base}new/", {**values, "file": sent})

    assert answer.status_code == 302
    page = _page(cleo, answer["Location"])
    assert "The old lease" in page
    assert "New" in page
    assert "Notes of the firm" not in page
    (row,) = queries.tickets(portal.actor("cleo")).rows
    (beside,) = queries.ticket(portal.actor("cleo"), row.id).attached
    assert documents.document(portal.actor("ben"), beside.document_id).name == "Letter.txt"


def test_without_a_title_what_was_typed_is_kept(portal: Portal, cleo: Browser):
    answer = _post(
        cleo, f"/{ids.public(portal.okoye)}/tickets/new/", {"kind": "idea", "title": "", "text": "A calendar"}
    )

    assert answer.status_code == 422
    assert "A calendar" in answer.content.decode()


def test_staff_take_it_ask_back_and_are_answered(asked: TicketFacts, portal: Portal, cleo: Browser, ben: Browser):
    url = queries.ticket_url(portal.okoye, asked.id)
    assert "Notes of the firm" in _page(ben, url)

    assert _post(ben, f"{url}move/", {"state": "working", "version": 1}).status_code == 302
    assert _post(ben, f"{url}move/", {"state": "waiting", "version": 2, "word": ""}).status_code == 422
    assert _post(ben, f"{url}move/", {"state": "waiting", "version": 2, "word": "Which bank?"}).status_code == 302
    assert "Which bank?" in _page(cleo, url)
    assert _post(cleo, f"{url}answer/", {"state": "working", "version": 3, "word": "The corner one"}).status_code == 302

    assert "The corner one" in _page(ben, url)


def test_who_is_second_sees_both_and_keeps_what_they_wrote(asked: TicketFacts, portal: Portal, ben: Browser):
    url = queries.ticket_url(portal.okoye, asked.id)
    actions.move_ticket(portal.actor("cleo"), ticket_id=asked.id, version=1, state="done", word="Found it myself")

    answer = _post(ben, f"{url}plan/", {"version": 1, "assignee": "", "due_on": "2030-05-05"})
    again = _post(ben, f"{url}plan/", {"version": 2, "assignee": "", "due_on": "2030-05-05"})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Done" in page
    assert "Found it myself" in page
    assert "2030-05-05" in page
    assert 'value="2"' in page
    assert again.status_code == 302


@pytest.mark.parametrize(
    ("page", "values"),
    [
        ("change", {"kind": "idea", "title": "Typed by Ben", "text": "All of it"}),
        ("move", {"state": "declined", "word": "Typed by Ben"}),
    ],
)
def test_nothing_typed_is_lost_when_it_moved_on(
    asked: TicketFacts, portal: Portal, ben: Browser, page: str, values: dict[str, Any]
):
    url = queries.ticket_url(portal.okoye, asked.id)
    actions.change_ticket(
        portal.actor("cleo"), ticket_id=asked.id, version=1, kind="question", title="Which of the forms?", text=""
    )

    answer = _post(ben, f"{url}{page}/", {**values, "version": 1})

    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "Typed by Ben" in shown
    assert "Which of the forms?" in shown
    assert queries.ticket(portal.actor("ben"), asked.id).ticket.title == "Which of the forms?"


def test_a_note_is_on_the_firms_page_and_on_no_other(asked: TicketFacts, portal: Portal, cleo: Browser, ben: Browser):
    url = queries.ticket_url(portal.okoye, asked.id)

    assert _post(ben, f"{url}note/", {"text": "They change banks."}).status_code == 302

    assert "They change banks." in _page(ben, url)
    assert "They change banks." not in _page(cleo, url)
    assert _post(cleo, f"{url}note/", {"text": "Let me in"}).status_code == 404


def test_the_client_says_whether_it_is_settled(asked: TicketFacts, portal: Portal, cleo: Browser, ben: Browser):
    url = queries.ticket_url(portal.okoye, asked.id)
    actions.move_ticket(portal.actor("ben"), ticket_id=asked.id, version=1, state="done")

    assert _post(cleo, f"{url}rate/", {"version": 2, "satisfied": "maybe"}).status_code == 422
    assert _post(cleo, f"{url}rate/", {"version": 2, "satisfied": "no", "word": "Too late"}).status_code == 302

    assert "not quite satisfied" in _page(ben, url)
    assert "Too late" in _page(ben, url)


def test_documents_that_are_there_are_put_beside_it(asked: TicketFacts, portal: Portal, cleo: Browser):
    url = queries.ticket_url(portal.okoye, asked.id)
    assert _post(cleo, f"{url}attach/", {}).status_code == 422
    sent = SimpleUploadedFile("Letter.txt", b"Dear all", content_type="text/plain")
    assert _post(cleo, f"{url}attach/", {"file": sent}).status_code == 302

    assert "Letter.txt" in _page(cleo, url)


def test_a_file_is_not_kept_where_it_cannot_be_put_beside_it(
    asked: TicketFacts, portal: Portal, cleo: Browser, monkeypatch
):
    monkeypatch.setattr(asking, "ATTACHED_MOST", 0)
    sent = SimpleUploadedFile("Letter.txt", b"Dear all", content_type="text/plain")

    answer = _post(cleo, f"{queries.ticket_url(portal.okoye, asked.id)}attach/", {"file": sent})

    assert answer.status_code == 422
    assert documents.recent_documents(portal.actor("cleo")) == []
    assert documents.unfinished_uploads(portal.actor("cleo")) == []


def test_staff_see_all_their_clients_and_take_the_table_along(asked: TicketFacts, portal: Portal, ben: Browser):
    actions.ask_ticket(portal.actor("cleo"), kind="idea", title="=HYPERLINK(1)")
    actions.ask_ticket(portal.actor("mallory"), kind="idea", title="Theirs")

    page = _page(ben, "/tickets/")
    table = ben.post("/tickets/export/", {"state": "open"}, secure=True)

    assert "Which form?" in page
    assert "Okoye Holdings Ltd" in page
    assert "Theirs" not in page
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert table["Content-Type"] == "text/csv; charset=utf-8"
    assert {row[3] for row in rows[1:]} == {"Which form?", "'=HYPERLINK(1)"}
    assert {row[0] for row in rows[1:]} == {"Okoye Holdings Ltd"}


def test_a_contact_has_no_list_of_all_clients(cleo: Browser):
    assert cleo.get("/tickets/", secure=True).status_code == 404
    assert cleo.post("/tickets/export/", secure=True).status_code == 404
    assert cleo.get("/ticket-kinds/", secure=True).status_code == 404


@pytest.mark.parametrize("query", ["state=nonsense", "older=x", "client=x", "kind=%00"])
def test_an_address_that_cannot_be_meant_is_refused(portal: Portal, ben: Browser, query: str):
    assert ben.get(f"/tickets/?{query}", secure=True).status_code == 422
    assert ben.get(f"/{ids.public(portal.okoye)}/tickets/?{query}", secure=True).status_code == 422


def test_an_administrator_sets_kinds(portal: Portal):
    ada = signed_in(portal.people["ada"])
    assert "Idea for the portal" in _page(ada, "/ticket-kinds/?kind=idea")
    values = {"name": "idea", "version": 1, "title": "Wish", "hint": "", "place": 5, "offered": "on"}

    assert _post(ada, "/ticket-kinds/", values).status_code == 302
    assert _post(ada, "/ticket-kinds/", values).status_code == 409

    assert "Wish" in _page(ada, "/ticket-kinds/")


def test_lists_cost_the_same_however_long_they_are(asked: TicketFacts, portal: Portal, cleo: Browser, ben: Browser):
    here, everywhere = f"/{ids.public(portal.okoye)}/tickets/", "/tickets/"
    short = [_statements(cleo, here), _statements(ben, everywhere)]

    for number in range(20):
        actions.ask_ticket(portal.actor("cleo"), kind="idea", title=f"Idea {number}")

    assert [_statements(cleo, here), _statements(ben, everywhere)] == short


def _statements(browser: Browser, url: str) -> int:
    """Return how many statements a page takes that was opened before."""
    _page(browser, url)
    with CaptureQueriesContext(connection) as captured:
        _page(browser, url)
    return len(captured)


def test_a_document_is_taken_off_a_ticket_and_stays_where_it_is(portal: Portal, asked: TicketFacts, cleo: Browser):
    actor = portal.actor("cleo")
    rent = add_document(actor, "Rent.txt", CONTENT).document_id
    actions.attach_documents(actor, ticket_id=asked.id, document_ids=[rent])
    url = f"/{ids.public(portal.okoye)}/tickets/{ids.public(asked.id)}/"
    off = f"{url}documents/{ids.public(rent)}/take-off/"
    assert off in _page(cleo, url)

    dan, mallory = (_post(signed_in(portal.people[who]), off, {}) for who in ("dan", "mallory"))
    still = queries.ticket(actor, asked.id).attached
    taken = _post(cleo, off, {})

    assert (dan.status_code, mallory.status_code, len(still)) == (404, 404, 1)
    assert (taken.status_code, queries.ticket(actor, asked.id).attached) == (302, [])
    assert documents.document(actor, rent).name == "Rent.txt"
    assert log.entries(actor, LogFilter(), limit=1)[0].event == Event.TICKET_DETACHED
    assert not actions.detach_document(actor, ticket_id=asked.id, document_id=rent)
