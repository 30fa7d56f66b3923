"""Projects and tasks are found by words, by those who see them."""

import pytest

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.portal.documents import actions as documents
from muniment.portal.projects import actions
from muniment.portal.projects.actions import ProjectValues
from muniment.portal.projects.queries.search import search
from muniment.portal.projects.types import TaskValues
from tests.cast import Portal
from tests.portal.projects.casting import started, task
from tests.worker import as_worker


def found(portal: Portal, who: str, words: str) -> set[str]:
    """Return the titles of what somebody finds."""
    return {one.title for one in search(portal.actor(who), words, 20)}


@pytest.mark.control("project-workflow")
def test_each_finds_by_words_what_they_see_and_nothing_else(portal: Portal):
    board = started(portal, "Merger with Calder")
    task(portal, board, "Send the ledger", about="All of Calder, please", side="client")
    task(portal, board, "Check Calder", for_firm=True)

    assert found(portal, "ben", "calder") == {"Merger with Calder", "Send the ledger", "Check Calder"}
    assert found(portal, "cleo", "calder") == {"Merger with Calder", "Send the ledger"}
    assert found(portal, "dan", "calder") == set()
    assert found(portal, "mallory", "calder") == set()


def test_what_is_changed_is_found_as_it_reads_now(portal: Portal):
    ben, board = portal.actor("ben"), started(portal, "Merger")
    made = task(portal, board, "Send the ledger")

    actions.change_task(ben, task_id=made.id, version=1, values=TaskValues("Send the accounts"))
    actions.change_project(ben, project_id=board.project.id, version=1, values=ProjectValues("Purchase"))

    assert found(portal, "ben", "ledger merger") == set()
    assert found(portal, "ben", "accounts") == {"Send the accounts"}
    assert [one.url for one in search(ben, "purchase", 5)] == [
        f"/{ids.public(portal.okoye)}/projects/{ids.public(board.project.id)}/"
    ]


def test_what_was_written_while_the_search_was_off_is_indexed_afterwards(portal: Portal):
    cleo = portal.actor("cleo")
    documents.switch_search(cleo, is_on=False)
    task(portal, started(portal, "Merger"), "Send the ledger")
    documents.switch_search(cleo, is_on=True)
    before = found(portal, "ben", "ledger")

    with as_worker():
        count = actions.index_client(Actor.system(portal.okoye, purpose="Tests"))

    assert (before, count, found(portal, "ben", "ledger")) == (set(), 2, {"Send the ledger"})
