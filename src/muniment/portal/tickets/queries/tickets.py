"""Read the tickets of one client: lists, and all about one."""

from collections.abc import Collection
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db.models import Q, QuerySet

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.unit import query
from muniment.portal.documents import queries as documents
from muniment.portal.tickets.models import Ticket, TicketAttachment, TicketMove, TicketNote
from muniment.portal.tickets.queries.kinds import kind_facts
from muniment.portal.tickets.types import (
    MOVES,
    OPEN,
    Attached,
    Became,
    MoveFacts,
    NoteFacts,
    Side,
    State,
    TicketDetails,
    TicketFacts,
    TicketPage,
    Wanted,
)
from muniment.trust.access import queries as access

PAGE = 25


@query
def tickets(actor: Actor, wanted: Wanted | None = None) -> TicketPage:
    """Return a page of 25 tickets of the actor's client, the last moved first.

    Raises:
        NotFound: the actor sees no tickets here.
    """
    access.require(actor, "ticket:view")
    wanted = wanted or Wanted()
    rows = narrowed(access.visible(actor, "ticket:view", Ticket), wanted, actor)
    return page_of(rows, wanted)


@query
def ticket(actor: Actor, ticket_id: UUID) -> TicketDetails:
    """Return all that the page of a ticket shows.

    Raises:
        NotFound: there is no such ticket, or it is not for this actor.
    """
    row = access.find(actor, "ticket:view", Ticket, ticket_id)
    may = access.verbs_at(actor, set())
    side = side_of(actor)
    moves = TicketMove.objects.filter(client_id=actor.client, ticket_id=row.id).order_by("id")
    moving = "ticket:work" if side == "staff" else "ticket:ask"
    state = cast("State", row.state)
    return TicketDetails(
        ticket=ticket_facts(row),
        text=row.text,
        satisfied_word=row.satisfied_word,
        moves=[_move_facts(move) for move in moves],
        attached=_attached(actor, row.id),
        notes=_notes(actor, row.id) if "ticket:note" in may else [],
        may=may,
        next_states=tuple(one for one in _IN_ORDER if moving in may and one in MOVES[side][state]),
    )


@query
def names(actor: Actor, ticket_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the titles of those tickets among `ticket_ids` that the actor may see."""
    rows = access.visible(actor, "ticket:view", Ticket).filter(id__in=set(ticket_ids)) if ticket_ids else ()
    return {row.id: row.title for row in rows}


@query
def seen(actor: Actor, ticket_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return those of the tickets that the actor may see; no title is opened."""
    if not ticket_ids:
        return frozenset()
    rows = access.visible(actor, "ticket:view", Ticket).filter(id__in=set(ticket_ids))
    return frozenset(rows.values_list("id", flat=True))


@query
def workers(actor: Actor) -> list[UUID]:
    """Return who of the firm works on tickets of the actor's client.

    Raises:
        NotFound: the actor sees no tickets here.
    """
    access.require(actor, "ticket:view")
    return sorted(able_to(actor, "ticket:work"))


def able_to(actor: Actor, verb: str) -> frozenset[UUID]:
    """Return everybody who may do `verb` with all of the bound client, by their grants; the caller has decided."""
    return frozenset(access.people_by(access.ways(actor, verb)))


def narrowed(rows: QuerySet[Ticket], wanted: Wanted, actor: Actor) -> QuerySet[Ticket]:
    """Return those rows that a list wants to show."""
    if wanted.state == "open":
        rows = rows.filter(state__in=OPEN)
    elif wanted.state == "closed":
        rows = rows.exclude(state__in=OPEN)
    elif wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.kind:
        rows = rows.filter(kind__name=wanted.kind)
    if wanted.who == "mine":
        rows = rows.filter(assignee_id=actor.person_id)
    elif wanted.who == "nobody":
        rows = rows.filter(assignee_id=None)
    if wanted.is_late:
        rows = rows.filter(due_on__lt=clock.now().date(), state__in=OPEN)
    return rows


def page_of(rows: QuerySet[Ticket], wanted: Wanted) -> TicketPage:
    """Return a page of 25 rows from where it begins, the last moved first."""
    if wanted.older is not None:
        at, last = wanted.older
        rows = rows.filter(Q(moved_at__lt=at) | Q(moved_at=at, id__lt=last), moved_at__lte=at)
    found = list(rows.select_related("kind").order_by("-moved_at", "-id")[: PAGE + 1])
    shown = found[:PAGE]
    older = (shown[-1].moved_at, shown[-1].id) if len(found) > PAGE else None
    return TicketPage([ticket_facts(row) for row in shown], older)


def side_of(actor: Actor) -> Side:
    """Return for which side somebody acts; the portal itself for the firm."""
    return "contact" if actor.kind == "contact" or actor.looking_as is not None else "staff"


def ticket_facts(row: Ticket) -> TicketFacts:
    """Return a ticket as a value."""
    return TicketFacts(
        id=row.id,
        client_id=row.client_id,
        number=row.number,
        kind=kind_facts(row.kind),
        title=row.title,
        state=cast("State", row.state),
        version=row.version,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        moved_at=row.moved_at,
        assignee_id=row.assignee_id,
        due_on=row.due_on,
        satisfied=row.satisfied,
        became=cast("Became", row.became) if row.became else None,
        became_id=row.became_id,
    )


def rated_since(moment: datetime) -> Q:
    """Return which tickets are done since a moment, and nobody said whether they are satisfied."""
    return Q(state="done", satisfied=None, moved_at__gt=moment)


_IN_ORDER: tuple[State, ...] = ("working", "waiting", "done", "reopened", "declined")


def _move_facts(row: TicketMove) -> MoveFacts:
    return MoveFacts(cast("State", row.before), cast("State", row.after), row.word, row.moved_by, row.moved_at)


def _notes(actor: Actor, ticket_id: UUID) -> list[NoteFacts]:
    rows = TicketNote.objects.filter(client_id=actor.client, ticket_id=ticket_id).order_by("id")
    return [NoteFacts(row.id, row.text, row.written_by, row.written_at) for row in rows]


def _attached(actor: Actor, ticket_id: UUID) -> list[Attached]:
    """Return the documents beside a ticket that the actor may open, the oldest first."""
    rows = TicketAttachment.objects.filter(client_id=actor.client, ticket_id=ticket_id).order_by("id")
    wanted = list(rows.values_list("document_id", flat=True))
    known = documents.names(actor, wanted)
    return [Attached(document_id, known[document_id]) for document_id in wanted if document_id in known]
