"""What a client asks the firm for: asked, moved, given to somebody, declined, settled."""

from dataclasses import replace
from datetime import date

import pytest

from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.portal.tickets import actions, queries
from muniment.portal.tickets.errors import (
    KindUnknown,
    MoveRefused,
    NotForWork,
    TicketMoved,
    WordMissing,
)
from muniment.portal.tickets.types import MOVES, STATES, Side, State, TicketFacts, Wanted
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from tests.cast import Portal

pytestmark = pytest.mark.control("client-requests")


@pytest.fixture
def cleo(portal: Portal) -> Actor:
    return portal.actor("cleo")


@pytest.fixture
def ben(portal: Portal) -> Actor:
    return portal.actor("ben")


@pytest.fixture
def asked(cleo: Actor) -> TicketFacts:
    return actions.ask_ticket(cleo, kind="question", title="Which form for the loan?", text="The bank asks for one.")


def test_what_a_contact_asks_for_is_seen_by_the_firm(asked: TicketFacts, ben: Actor):
    (seen,) = queries.tickets(ben).rows

    assert (seen.title, seen.state, seen.number, seen.kind.name) == ("Which form for the loan?", "new", 1, "question")
    assert queries.ticket(ben, asked.id).text == "The bank asks for one."


def test_tickets_of_a_client_are_numbered_one_by_one(cleo: Actor, asked: TicketFacts, portal: Portal):
    second = actions.ask_ticket(cleo, kind="idea", title="A calendar")
    elsewhere = actions.ask_ticket(portal.actor("mallory"), kind="idea", title="Another calendar")

    assert (asked.number, second.number, elsewhere.number) == (1, 2, 1)


def test_nobody_of_another_client_finds_it(asked: TicketFacts, portal: Portal):
    mallory = portal.actor("mallory")

    assert queries.tickets(mallory).rows == []
    with pytest.raises(NotFound):
        queries.ticket(mallory, asked.id)
    with pytest.raises(NotFound):
        actions.move_ticket(mallory, ticket_id=asked.id, version=1, state="done")


def test_a_guest_of_the_client_neither_asks_nor_sees(asked: TicketFacts, portal: Portal):
    dan = portal.actor("dan")

    with pytest.raises(NotFound):
        queries.ticket(dan, asked.id)
    with pytest.raises(NotFound):
        actions.ask_ticket(dan, kind="question", title="May I?")


@pytest.mark.parametrize(
    ("kind", "title", "refusal"), [("nonsense", "A title", KindUnknown), ("question", " ", Invalid)]
)
def test_without_a_kind_or_a_title_nothing_is_asked(cleo: Actor, kind: str, title: str, refusal: type[Exception]):
    with pytest.raises(refusal):
        actions.ask_ticket(cleo, kind=kind, title=title)

    assert queries.tickets(cleo).rows == []


def test_the_whole_way_of_a_ticket(asked: TicketFacts, cleo: Actor, ben: Actor):
    def move(who: Actor, state, word=""):
        version = queries.ticket(who, asked.id).ticket.version
        return actions.move_ticket(who, ticket_id=asked.id, version=version, state=state, word=word)

    taken = move(ben, "working")
    move(ben, "waiting", "Which bank is it?")
    move(cleo, "working", "The one at the corner.")
    move(ben, "done", "Form 12.")
    move(cleo, "reopened", "They want form 13 too.")
    move(ben, "done")
    rated = actions.rate_ticket(cleo, ticket_id=asked.id, version=7, satisfied=True, word="Quick.")

    details = queries.ticket(cleo, asked.id)
    assert taken.assignee_id == ben.person_id
    assert rated.satisfied is True
    assert [(move.after, move.word) for move in details.moves] == [
        ("working", ""),
        ("waiting", "Which bank is it?"),
        ("working", "The one at the corner."),
        ("done", "Form 12."),
        ("reopened", "They want form 13 too."),
        ("done", ""),
    ]
    assert (details.ticket.state, details.satisfied_word) == ("done", "Quick.")


def test_declining_says_why_and_the_client_reads_it(asked: TicketFacts, cleo: Actor, ben: Actor):
    with pytest.raises(WordMissing):
        actions.move_ticket(ben, ticket_id=asked.id, version=1, state="declined", word="  ")

    actions.move_ticket(ben, ticket_id=asked.id, version=1, state="declined", word="The bank has to say.")

    assert queries.ticket(cleo, asked.id).moves[-1].word == "The bank has to say."


@pytest.mark.parametrize("side", ["staff", "contact"])
@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("after", STATES)
def test_only_moves_that_are_declared_are_made(
    asked: TicketFacts, cleo: Actor, ben: Actor, side: Side, before: State, after: State
):
    _bring(ben, cleo, asked, before)
    who = ben if side == "staff" else cleo
    version = queries.ticket(who, asked.id).ticket.version

    if after in MOVES[side][before]:
        actions.move_ticket(who, ticket_id=asked.id, version=version, state=after, word="Because")
        expected = after
    else:
        with pytest.raises(MoveRefused):
            actions.move_ticket(who, ticket_id=asked.id, version=version, state=after, word="Because")
        expected = before

    assert queries.ticket(who, asked.id).ticket.state == expected


def test_of_two_who_move_it_at_once_the_second_is_told(asked: TicketFacts, cleo: Actor, ben: Actor):
    actions.move_ticket(ben, ticket_id=asked.id, version=1, state="working")

    with pytest.raises(TicketMoved):
        actions.move_ticket(cleo, ticket_id=asked.id, version=1, state="done")
    with pytest.raises(TicketMoved):
        actions.plan_ticket(ben, ticket_id=asked.id, version=1, assignee_id=None, due_on=None)

    assert queries.ticket(cleo, asked.id).ticket.state == "working"


def test_it_is_given_to_who_works_for_the_client_and_to_nobody_else(asked: TicketFacts, ben: Actor, portal: Portal):
    planned = actions.plan_ticket(
        ben, ticket_id=asked.id, version=1, assignee_id=ben.person_id, due_on=date(2026, 12, 1)
    )

    assert (planned.assignee_id, planned.due_on) == (ben.person_id, date(2026, 12, 1))
    for somebody in ("ada", "cleo", "mallory"):
        with pytest.raises(NotForWork):
            actions.plan_ticket(ben, ticket_id=asked.id, version=2, assignee_id=portal.people[somebody], due_on=None)


def test_a_contact_does_not_plan(asked: TicketFacts, cleo: Actor):
    with pytest.raises(NotFound):
        actions.plan_ticket(cleo, ticket_id=asked.id, version=1, assignee_id=None, due_on=None)


def test_who_asked_says_it_better_until_somebody_begins(asked: TicketFacts, cleo: Actor, ben: Actor):
    changed = actions.change_ticket(
        cleo, ticket_id=asked.id, version=1, kind="document", title="The form for the loan", text=""
    )
    actions.move_ticket(ben, ticket_id=asked.id, version=2, state="working")

    assert (changed.title, changed.kind.name) == ("The form for the loan", "document")
    with pytest.raises(MoveRefused):
        actions.change_ticket(cleo, ticket_id=asked.id, version=3, kind="document", title="Another", text="")


def test_only_what_is_done_is_rated_and_open_again_it_is_not(asked: TicketFacts, cleo: Actor, ben: Actor):
    with pytest.raises(MoveRefused):
        actions.rate_ticket(cleo, ticket_id=asked.id, version=1, satisfied=False)
    actions.move_ticket(ben, ticket_id=asked.id, version=1, state="done")
    actions.rate_ticket(cleo, ticket_id=asked.id, version=2, satisfied=False, word="Not the right form.")

    again = actions.move_ticket(cleo, ticket_id=asked.id, version=3, state="reopened", word="Not the right form.")

    assert again.satisfied is None


def test_every_act_is_in_the_log_without_a_word_of_it(asked: TicketFacts, cleo: Actor, ben: Actor):
    actions.move_ticket(ben, ticket_id=asked.id, version=1, state="waiting", word="Which bank is it?")
    actions.write_note(ben, ticket_id=asked.id, text="They change banks often.")

    found = [entry for entry in log.entries(cleo, LogFilter(), limit=20) if entry.object_id == asked.id]
    assert [entry.event for entry in found][:3] == [Event.TICKET_NOTED, Event.TICKET_MOVED, Event.TICKET_ASKED]
    assert not any(word in str(entry.facts) for entry in found for word in ("bank", "loan", "form"))


def test_lists_are_narrowed(asked: TicketFacts, cleo: Actor, ben: Actor):
    other = actions.ask_ticket(cleo, kind="problem", title="No mail comes", due_on=date(2020, 1, 1))
    actions.move_ticket(ben, ticket_id=asked.id, version=1, state="done")

    def shown(**wanted):
        return [row.id for row in queries.tickets(ben, Wanted(**wanted)).rows]

    assert shown() == [other.id]
    assert shown(state="closed") == [asked.id]
    assert set(shown(state="")) == {asked.id, other.id}
    assert shown(kind="problem") == [other.id]
    assert shown(is_late=True) == [other.id]
    assert shown(who="mine") == []
    assert shown(who="nobody") == [other.id]


def test_a_long_list_goes_on_where_it_ended(cleo: Actor):
    made = [actions.ask_ticket(cleo, kind="idea", title=f"Idea {number}").id for number in range(30)]

    first = queries.tickets(cleo)
    second = queries.tickets(cleo, Wanted(older=first.older))

    assert [row.id for row in first.rows + second.rows] == made[::-1]
    assert second.older is None


def test_somebody_who_looks_as_a_contact_sees_no_note(asked: TicketFacts, ben: Actor, portal: Portal):
    actions.write_note(ben, ticket_id=asked.id, text="Be careful.")

    assert len(queries.ticket(ben, asked.id).notes) == 1
    assert queries.ticket(replace(ben, looking_as=portal.people["cleo"]), asked.id).notes == []


def _bring(ben: Actor, cleo: Actor, asked: TicketFacts, state: State) -> None:
    if state == "new":
        return
    if state == "reopened":
        actions.move_ticket(ben, ticket_id=asked.id, version=1, state="done")
        actions.move_ticket(cleo, ticket_id=asked.id, version=2, state="reopened", word="Not yet")
        return
    actions.move_ticket(ben, ticket_id=asked.id, version=1, state=state, word="Because")
