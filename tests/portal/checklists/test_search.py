"""Checklists and their items are found by words, by those who see them."""

import pytest

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.portal.checklists import actions, jobs
from muniment.portal.checklists.queries.search import search
from muniment.portal.documents import actions as documents
from muniment.trust.access import actions as access
from muniment.web.search import search as everywhere
from tests.portal.checklists.asking import PAYROLL, STAFF, answer, send
from tests.worker import as_worker


def found(actor: Actor, words: str) -> list[str]:
    """Return the titles of what somebody finds, in order of the letters."""
    return sorted(one.title for one in search(actor, words, 20))


@pytest.mark.control("client-requests")
def test_each_finds_by_words_what_they_are_asked_for_and_nothing_else(ben, cleo, dan, mallory, sent):
    assert found(ben, "year end") == found(cleo, "year end") == ["Year end 2026"]
    assert found(cleo, "bank") == ["Bank statements 2026"]
    assert found(cleo, "profit") == ["The draft accounts"]
    assert found(dan, "bank") == found(mallory, "bank") == []

    (one,) = search(cleo, "statements", 5)
    item = next(item for item in sent.page.items if item.title == one.title)
    assert one.url == f"/{ids.public(cleo.client)}/requests/items/{ids.public(item.id)}/"
    assert (one.kind, one.about) == ("checklist", "Year end 2026")


def test_what_no_answer_asks_for_is_not_found(ben, cleo, sent):
    before = found(cleo, "payroll")
    answer(cleo, sent[STAFF], "yes")

    assert (before, found(cleo, "payroll")) == ([], [PAYROLL])


def test_nothing_of_it_is_found_where_requests_are_switched_off(portal, ben, cleo, sent):
    access.switch_part(portal.actor("ada", portal.okoye), part="requests", is_on=False)

    assert found(ben, "bank") == found(cleo, "bank") == []


def test_the_one_search_finds_it_among_all_else(cleo, sent):
    assert [one.title for one in everywhere(cleo, "statements", [cleo.client])] == ["Bank statements 2026"]
    assert everywhere(cleo, "statements", [cleo.client], kind="ticket") == []


def test_what_was_sent_while_the_search_was_off_is_indexed_afterwards(ben, cleo):
    documents.switch_search(cleo, is_on=False)
    sent = send(ben)
    documents.switch_search(cleo, is_on=True)
    before = found(ben, "bank")

    with as_worker():
        jobs.index_clients(0)
        again = actions.index_client(Actor.system(ben.client, purpose="Tests"))

    assert (before, found(ben, "bank"), again) == ([], [sent.page.items[0].title], 0)
