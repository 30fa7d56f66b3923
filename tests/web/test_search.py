"""The one search box: everything that somebody may see, whatever kind it is, and nothing else."""

import pytest

from muniment.core import ids
from muniment.portal.tickets import actions as tickets
from tests.cast import Portal, signed_in
from tests.portal.documents.uploading import add

pytestmark = pytest.mark.control("rest-messages")


def found(portal: Portal, name: str, words: str, **more: str) -> str:
    """Return the page of what somebody finds."""
    answer = signed_in(portal.people[name]).get("/search/all/", {"text": words, **more}, secure=True)
    assert answer.status_code == 200
    return answer.content.decode().split('id="rows"')[1].split("</main>")[0]


@pytest.fixture
def things(portal: Portal) -> None:
    """Lay a document and a ticket that hold the same word."""
    cleo = portal.actor("cleo")
    add(cleo, "Heritage loan.pdf", b"%PDF-1.4 loan")
    tickets.ask_ticket(cleo, kind="question", title="Heritage funds?", text="The bank asks for one.")


def test_documents_and_tickets_are_found_with_one_word(portal: Portal, things: None) -> None:
    page = found(portal, "cleo", "heritage")

    assert "Heritage loan.pdf" in page
    assert "Heritage funds?" in page


def test_one_kind_alone_can_be_asked_for(portal: Portal, things: None) -> None:
    page = found(portal, "cleo", "heritage", kind="ticket", time="7")

    assert "Heritage funds?" in page
    assert "Heritage loan.pdf" not in page


def test_staff_find_it_among_all_their_clients_and_in_the_chosen_one(portal: Portal, things: None) -> None:
    for more in ({}, {"client": ids.public(portal.okoye)}):
        assert "Heritage loan.pdf" in found(portal, "ben", "heritage", **more)


def test_nobody_finds_what_is_not_theirs(portal: Portal, things: None) -> None:
    for name in ("mallory", "ada"):
        for more in ({}, {"client": ids.public(portal.okoye)}):
            page = found(portal, name, "heritage", **more)
            assert "Heritage loan" not in page
            assert "Heritage funds" not in page


def test_what_cannot_be_read_is_refused(portal: Portal) -> None:
    browser = signed_in(portal.people["cleo"])

    for query in ({"kind": "secrets"}, {"time": "soon"}, {"client": "x" * 40}):
        assert browser.get("/search/all/", {"text": "a", **query}, secure=True).status_code == 422
