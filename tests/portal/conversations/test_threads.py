"""Firm and client talk in threads; about a thing, who sees that sees them."""

import sys

import pytest

from muniment.core import ids
from muniment.core.errors import NotFound
from muniment.portal.conversations import actions, queries
from muniment.portal.conversations.errors import CannotRead, Empty, Moved, SolvedAlready, TooLong
from muniment.portal.documents import actions as documents
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from tests.cast import Portal
from tests.guarantees.things import CONTENT, add_document


@pytest.fixture
def talk(portal: Portal):
    """Cleo asked something."""
    return actions.start_thread(portal.actor("cleo"), title="Year end", body="Which **receipts** do you need?")


def titles(found):
    return [row.title for row in found.rows]


@pytest.mark.control("comm-collab")
def test_a_client_writes_and_the_firm_answers(portal: Portal, talk):
    ben, cleo = portal.actor("ben"), portal.actor("cleo")

    actions.send_message(ben, thread_id=talk.id, body="All of them.")

    page = queries.thread_page(cleo, talk.id)
    assert [(message.body, message.is_firms) for message in page.messages] == [
        ("Which **receipts** do you need?", False),
        ("All of them.", True),
    ]
    assert titles(queries.threads(cleo)) == titles(queries.threads(ben)) == ["Year end"]


@pytest.mark.control("comm-collab")
def test_a_message_brings_a_document_whose_name_only_those_see_who_may_see_it(portal: Portal, talk):
    ben, cleo = portal.actor("ben"), portal.actor("cleo")
    lease = add_document(ben, "Lease.pdf", CONTENT)
    actions.send_message(ben, thread_id=talk.id, body="", document_ids=[lease.document_id])

    seen = queries.thread_page(cleo, talk.id).messages[-1].attached
    documents.set_label(ben, target="document", target_id=lease.document_id, label="internal")
    hidden = queries.thread_page(cleo, talk.id).messages[-1].attached

    assert [one.name for one in seen] == ["Lease.pdf"]
    assert [one.name for one in hidden] == [""]
    assert [one.name for one in queries.thread_page(ben, talk.id).messages[-1].attached] == ["Lease.pdf"]


def test_nobody_attaches_what_they_may_not_see(portal: Portal, talk):
    ben, cleo = portal.actor("ben"), portal.actor("cleo")
    secret = add_document(ben, "Fees.pdf", CONTENT)
    documents.set_label(ben, target="document", target_id=secret.document_id, label="internal")

    with pytest.raises(NotFound):
        actions.send_message(cleo, thread_id=talk.id, body="Look", document_ids=[secret.document_id])


def test_a_thread_about_a_document_is_there_for_who_may_see_the_document(portal: Portal):
    ben, cleo = portal.actor("ben"), portal.actor("cleo")
    fees = add_document(ben, "Fees.pdf", CONTENT)
    made = actions.start_thread(ben, title="Fees", body="Too high?", about="document", about_id=fees.document_id)
    assert titles(queries.threads_about(cleo, "document", fees.document_id)) == ["Fees"]

    documents.set_label(ben, target="document", target_id=fees.document_id, label="internal")

    assert titles(queries.threads(cleo)) == []
    assert titles(queries.threads(ben)) == ["Fees"]
    assert queries.needs.needs(cleo) == []
    for look in (
        lambda: queries.thread_page(cleo, made.id),
        lambda: queries.news(cleo, made.id, queries.thread_page(ben, made.id).place),
        lambda: queries.threads_about(cleo, "document", fees.document_id),
        lambda: actions.send_message(cleo, thread_id=made.id, body="I see it"),
        lambda: actions.read_thread(cleo, thread_id=made.id),
    ):
        with pytest.raises(NotFound):
            look()
    with pytest.raises(CannotRead):
        actions.send_message(ben, thread_id=made.id, body="Cleo?", mention_ids=[portal.people["cleo"]])


def test_a_thread_is_about_nothing_that_is_not_there(portal: Portal):
    for about, about_id in (("document", ids.new()), ("spaceship", ids.new()), ("", ids.new())):
        with pytest.raises(NotFound):
            actions.start_thread(portal.actor("cleo"), title="x", body="y", about=about, about_id=about_id)


def test_people_of_another_client_and_guests_find_nothing(portal: Portal, talk):
    for name in ("mallory", "dan"):
        for client_id in {portal.okoye, portal.actor(name).client}:
            actor = portal.actor(name, client_id)
            with pytest.raises(NotFound):
                queries.thread_page(actor, talk.id)
            with pytest.raises(NotFound):
                actions.send_message(actor, thread_id=talk.id, body="Hello")


def test_what_was_said_is_unread_until_it_is_read(portal: Portal, talk):
    ben, cleo = portal.actor("ben"), portal.actor("cleo")
    assert titles(queries.threads(ben, "unread")) == ["Year end"]
    assert titles(queries.threads(cleo, "unread")) == []

    actions.read_thread(ben, thread_id=talk.id)
    assert titles(queries.threads(ben, "unread")) == []
    actions.send_message(ben, thread_id=talk.id, body="All")

    assert titles(queries.threads(cleo, "unread")) == ["Year end"]
    assert queries.thread_page(cleo, talk.id).new_from == 2


def test_a_solved_thread_is_open_again_when_somebody_writes(portal: Portal, talk):
    ben, cleo = portal.actor("ben"), portal.actor("cleo")
    actions.solve_thread(ben, thread_id=talk.id)
    assert titles(queries.threads(cleo)) == []
    assert titles(queries.threads(cleo, "solved")) == ["Year end"]
    with pytest.raises(SolvedAlready):
        actions.solve_thread(cleo, thread_id=talk.id)

    actions.send_message(cleo, thread_id=talk.id, body="One more thing")

    assert titles(queries.threads(cleo)) == ["Year end"]
    with pytest.raises(SolvedAlready):
        actions.reopen_thread(cleo, thread_id=talk.id)


def test_somebody_of_the_firm_is_made_to_answer_and_two_who_decide_at_once_do_not_undo_each_other(portal: Portal, talk):
    ben = portal.actor("ben")
    with pytest.raises(CannotRead):
        actions.assign_thread(ben, thread_id=talk.id, person_id=portal.people["cleo"], before=None)
    with pytest.raises(NotFound):
        actions.assign_thread(portal.actor("cleo"), thread_id=talk.id, person_id=portal.people["ben"], before=None)

    actions.assign_thread(ben, thread_id=talk.id, person_id=portal.people["ben"], before=None)

    assert titles(queries.threads(ben, "mine")) == ["Year end"]
    with pytest.raises(Moved):
        actions.assign_thread(ben, thread_id=talk.id, person_id=None, before=None)


def test_the_firm_needs_to_answer_and_the_client_to_read(portal: Portal, talk):
    ben, cleo = portal.actor("ben"), portal.actor("cleo")
    (here,), (there,) = queries.needs.needs(ben), queries.needs.needs_everywhere(portal.actor("ben", portal.firm_id))
    assert (here.kind, here.title, here.url) == (there.kind, there.title, there.url)
    assert queries.needs.waiting_by_client(portal.actor("ben", portal.firm_id)) == {portal.okoye: 1}
    assert queries.needs.needs(cleo) == []
    assert queries.needs.needs_everywhere(cleo) == []

    actions.send_message(ben, thread_id=talk.id, body="All of them")

    assert queries.needs.needs(ben) == queries.needs.needs_everywhere(portal.actor("ben", portal.firm_id)) == []
    (new,) = queries.needs.needs(cleo)
    assert (new.kind, new.title) == ("read", "Year end")


def test_what_waits_for_a_colleague_is_not_mine(portal: Portal, talk):
    system = portal.actor("ben")
    actions.assign_thread(system, thread_id=talk.id, person_id=portal.people["ben"], before=None)

    assert [need.waits_for for need in queries.needs.needs(system)] == [frozenset({portal.people["ben"]})]


def test_a_thread_of_all_clients_stands_in_one_list_for_the_firm(portal: Portal, talk):
    at_home = portal.actor("ben", portal.firm_id)
    actions.start_thread(portal.actor("mallory"), title="Apples", body="How many?")

    assert titles(queries.threads_everywhere(at_home)) == ["Year end"]
    with pytest.raises(NotFound):
        queries.threads_everywhere(portal.actor("cleo"))
    assert titles(queries.threads_everywhere(portal.actor("ada"))) == []


def test_a_list_goes_on_where_the_page_ends(portal: Portal, monkeypatch):
    monkeypatch.setattr(sys.modules["muniment.portal.conversations.queries.threads"], "PAGE", 2)
    cleo = portal.actor("cleo")
    for number in range(5):
        actions.start_thread(cleo, title=f"Thread {number}", body="x")

    first = queries.threads(cleo)
    second = queries.threads(cleo, after=first.older)
    third = queries.threads(cleo, after=second.older)

    assert [titles(page) for page in (first, second, third)] == [
        ["Thread 4", "Thread 3"],
        ["Thread 2", "Thread 1"],
        ["Thread 0"],
    ]
    assert third.older is None


@pytest.mark.parametrize("body", ["", "  \n ", "\u200b", "\u202e"])
def test_nothing_is_no_message(portal: Portal, talk, body):
    with pytest.raises(Empty):
        actions.send_message(portal.actor("cleo"), thread_id=talk.id, body=body)


def test_a_message_has_a_length(portal: Portal, talk):
    cleo = portal.actor("cleo")
    actions.send_message(cleo, thread_id=talk.id, body="x" * 20_000)
    with pytest.raises(TooLong):
        actions.send_message(cleo, thread_id=talk.id, body="x" * 20_001)
    with pytest.raises(TooLong):
        actions.start_thread(cleo, title="x" * 201, body="x")


def test_the_log_knows_the_acts_and_none_of_the_words(portal: Portal, talk):
    ben = portal.actor("ben")
    sent = actions.send_message(ben, thread_id=talk.id, body="Hush", mention_ids=[portal.people["cleo"]])

    found = log.entries(ben, LogFilter(object_id=sent.id))

    assert {entry.event for entry in found} == {Event.MESSAGE_SENT, Event.PERSON_MENTIONED}
    assert all("Hush" not in str(entry.facts) and "Year" not in str(entry.facts) for entry in found)
    told = next(entry for entry in found if entry.event == Event.PERSON_MENTIONED)
    assert told.facts["person"] == ids.public(portal.people["cleo"])
