"""What waits for somebody because a client asked for something: for Home, and for My day."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.db.prepared import Prepared, among, run
from muniment.core.needs import Need, later
from muniment.core.unit import desk, query
from muniment.portal.tickets.models import Ticket
from muniment.portal.tickets.queries.tickets import rated_since, side_of
from muniment.portal.tickets.types import FIRMS_TURN
from muniment.trust.access import queries as access

MOST = 100
SERVED_WITH = "ticket:work"
"""What somebody may do in a client whose tickets wait for them."""

ASKED_DAYS = 14
"""For how long somebody is asked whether what is done is settled for them."""


@query
def needs(actor: Actor) -> list[Need]:
    """Return what waits for the actor in the bound client, by due date."""
    if side_of(actor) == "contact":
        if actor.person_id is None or not access.reach(actor, "ticket:ask").whole:
            return []
        since = clock.now() - timedelta(days=ASKED_DAYS)
        rows = _ASKED(client_id=actor.client, person_id=actor.person_id, since=since)
        return [_need(row) for row in rows]
    return _listed(access.visible(actor, "ticket:work", Ticket).filter(_turn(actor.person_id)))


def _asked(client_id: UUID, person_id: UUID, since: datetime) -> QuerySet[Ticket]:
    asked = Q(state="waiting") | (rated_since(since) & Q(asked_by=person_id))
    return _by_due(Ticket.objects.filter(asked, client_id=client_id))


def needs_everywhere(actor: Actor, served: frozenset[UUID] | None = None) -> list[Need]:
    """Return what waits for somebody of the firm in all their clients, by due date; and who of clients is late.

    Two statements beside the one for where they work (`served`, if the caller knows it already); at most 100.
    """
    if served is None:
        served = access.places_with(actor, SERVED_WITH) if actor.kind == "staff" else frozenset()
    if actor.kind != "staff" or not served:
        return []
    asked = {"places": list(served), "person": actor.person_id, "today": clock.now().date(), "most": MOST}
    with desk(actor):
        found = run(_SOONEST, asked)
        places, wanted = {client_id for client_id, _id in found}, [ticket_id for _client, ticket_id in found]
        rows = _ROWS(client_ids=list(places), ticket_ids=wanted) if found else []
    return [_need(row) for row in rows]


# What is among the hundred that are due first is of one of the hundred clients whose first is due first: so the index
# is read for one of each client, and then for more of those.
_OF_ONE = """
  select id, due_on, moved_at from ticket
  where client_id = {client} and state in ('new', 'reopened', 'working', 'waiting')
  and ((state <> 'waiting' and (assignee_id = %(person)s or assignee_id is null))
    or (state = 'waiting' and due_on < %(today)s))
  order by due_on, moved_at limit {most}
"""
_SOONEST = f"""
with foremost as materialized (
  select place.id from unnest(%(places)s::uuid[]) place (id)
  cross join lateral ({_OF_ONE.format(client="place.id", most="1")}) of_one
  order by of_one.due_on, of_one.moved_at limit %(most)s
)
select foremost.id, of_one.id from foremost
cross join lateral ({_OF_ONE.format(client="foremost.id", most="%(most)s")}) of_one
order by of_one.due_on, of_one.moved_at limit %(most)s
"""  # noqa: S608 # nosec B608 - our own words


def _rows(client_ids: list[UUID], ticket_ids: list[UUID]) -> QuerySet[Ticket]:
    return _by_due(Ticket.objects.filter(among("client_id", client_ids), among("id", ticket_ids)))


def _turn(person_id: UUID | None) -> Q:
    """Return which tickets wait for one person of the firm: their own, and new ones that nobody has."""
    return Q(state__in=FIRMS_TURN) & (Q(assignee_id=person_id) | Q(assignee_id=None))


def _listed(rows: QuerySet[Ticket]) -> list[Need]:
    return [_need(row) for row in _by_due(rows)]


def _by_due(rows: QuerySet[Ticket]) -> QuerySet[Ticket]:
    return rows.defer("text", "satisfied_word").order_by(F("due_on").asc(nulls_last=True), "moved_at")[:MOST]


_ROWS, _ASKED = Prepared(_rows), Prepared(_asked)


def _need(row: Ticket) -> Need:
    if row.state == "waiting":
        waits_for, act = row.asked_by, _("Answer")
    elif row.state == "done":
        waits_for, act = row.asked_by, _("Say whether it is settled")
    else:
        waits_for, act = row.assignee_id, _("Open") if row.assignee_id else _("Take")
    return Need(
        kind="answer" if row.state == "waiting" else "decide" if row.state == "done" else "do",
        client_id=row.client_id,
        title=later(lambda: row.title),
        about=later(lambda: _("Asked for, no. %(number)s") % {"number": row.number}),
        act=act,
        url=later(lambda: ticket_url(row.client_id, row.id)),
        since=row.moved_at,
        due=row.due_on,
        waits_for=frozenset({waits_for} if waits_for else ()),
        is_theirs=row.state in {"waiting", "done"},
    )


def ticket_url(client_id: UUID, ticket_id: UUID) -> str:
    """Return the address of the page of a ticket."""
    return reverse("tickets:ticket", kwargs={"client_id": client_id, "ticket_id": ticket_id})
