"""Move a ticket on, give it to somebody with a date, note something for the firm, and say whether it is settled."""

from datetime import date
from typing import cast
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.unit import action
from muniment.portal.tickets.actions.writing import clean, locked
from muniment.portal.tickets.errors import MoveRefused, NotForWork, WordMissing
from muniment.portal.tickets.models import Ticket, TicketMove, TicketNote
from muniment.portal.tickets.queries.tickets import able_to, side_of, ticket_facts
from muniment.portal.tickets.types import (
    MOVES,
    NOTE_MOST,
    WORD_MOST,
    NoteFacts,
    State,
    TicketFacts,
    needs_word,
)
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event


@action
def move_ticket(actor: Actor, *, ticket_id: UUID, version: int, state: State, word: str = "") -> TicketFacts:
    """Bring a ticket into another state, with a word that both sides read.

    Who of the firm begins with what nobody has takes it.

    Raises:
        NotFound: there is no such ticket, or `actor` may not move it.
        TicketMoved: somebody changed it since it had this `version`.
        MoveRefused: this state cannot follow, or not by this side.
        WordMissing: nothing was said where the other side has to know why.
        Invalid: the word is too long.
    """
    side = side_of(actor)
    row = locked(actor, "ticket:work" if side == "staff" else "ticket:ask", ticket_id, version)
    before = cast("State", row.state)
    if state not in MOVES[side][before]:
        raise MoveRefused
    word = clean(word, WORD_MOST, is_needed=False)
    if needs_word(side, before, state) and not word:
        raise WordMissing
    row.state, row.moved_at = state, clock.now()
    if state == "reopened":
        row.satisfied, row.satisfied_word = None, ""
    if side == "staff" and state == "working" and row.assignee_id is None:
        row.assignee_id = actor.person_id
    row.save(update_fields=["state", "moved_at", "satisfied", "satisfied_word", "assignee_id", "version"])
    _note_move(actor, row, before, word)
    audit.record(actor, Event.TICKET_MOVED, row, before=before, after=state, version=row.version)
    return ticket_facts(row)


@action
def plan_ticket(
    actor: Actor, *, ticket_id: UUID, version: int, assignee_id: UUID | None, due_on: date | None
) -> TicketFacts:
    """Say who of the firm has a ticket (None: nobody) and by when it is wanted (None: no date).

    Raises:
        NotFound: there is no such ticket, or `actor` may not work on it.
        TicketMoved: somebody changed it since it had this `version`.
        NotForWork: that person does not work on tickets of this client.
    """
    row = locked(actor, "ticket:work", ticket_id, version)
    if assignee_id is not None and assignee_id != row.assignee_id and assignee_id not in able_to(actor, "ticket:work"):
        raise NotForWork
    row.assignee_id, row.due_on = assignee_id, due_on
    row.save(update_fields=["assignee_id", "due_on", "version"])
    audit.record(actor, Event.TICKET_ASSIGNED, row, person=assignee_id, due=due_on and due_on.isoformat())
    return ticket_facts(row)


@action
def write_note(actor: Actor, *, ticket_id: UUID, text: str) -> NoteFacts:
    """Note something about a ticket for people of the firm; the database shows it to nobody else.

    Raises:
        NotFound: there is no such ticket, or `actor` may not read and write notes.
        Invalid: there is no text, or it is too long.
    """
    row = access.find(actor, "ticket:note", Ticket, ticket_id)
    note = TicketNote(client_id=actor.client, ticket_id=row.id, text=clean(text, NOTE_MOST), written_by=actor.person_id)
    note.save(force_insert=True)
    audit.record(actor, Event.TICKET_NOTED, row)
    return NoteFacts(note.id, note.text, note.written_by, note.written_at)


@action
def rate_ticket(actor: Actor, *, ticket_id: UUID, version: int, satisfied: bool, word: str = "") -> TicketFacts:
    """Say, for the client, whether what is done is settled well; saying it again changes it.

    Raises:
        NotFound: there is no such ticket, or `actor` may not ask here.
        TicketMoved: somebody changed it since it had this `version`.
        MoveRefused: it is not done.
        Invalid: the word is too long.
    """
    row = locked(actor, "ticket:ask", ticket_id, version)
    if row.state != "done":
        raise MoveRefused
    row.satisfied, row.satisfied_word = satisfied, clean(word, WORD_MOST, is_needed=False)
    row.save(update_fields=["satisfied", "satisfied_word", "version"])
    audit.record(actor, Event.TICKET_RATED, row, satisfied=satisfied)
    return ticket_facts(row)


def _note_move(actor: Actor, row: Ticket, before: State, word: str) -> None:
    TicketMove(
        client_id=actor.client,
        ticket_id=row.id,
        before=before,
        after=row.state,
        word=word,
        moved_by=actor.person_id,
        moved_at=row.moved_at,
    ).save(force_insert=True)
