"""Read checklists over all clients that somebody of the firm works for: one statement, by the desk's own role."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.db.models import F, Q, QuerySet

from muniment.core.actor import Actor
from muniment.core.db.prepared import Prepared, among
from muniment.core.unit import desk
from muniment.portal.checklists.models import Checklist
from muniment.portal.checklists.queries.facts import checklist_facts
from muniment.portal.checklists.types import ChecklistFacts
from muniment.trust.access import queries as access

LISTED_MOST = 200
WAITING_MOST = 100
Filter = Callable[[QuerySet[Checklist]], QuerySet[Checklist]]


def late_everywhere(actor: Actor, today: date, verb: str = "checklist:view") -> list[ChecklistFacts]:
    """Return the checklists of all clients where `verb` is held on which something was wanted before today.

    What waits longest first; at most 200.
    """
    return _look(actor, verb, lambda rows: rows.filter(next_due__lt=today).order_by("next_due", "client_id", "id"))


def to_review_everywhere(actor: Actor) -> list[ChecklistFacts]:
    """Return the checklists with answers for the firm to look at, of all clients where the actor decides.

    What waits longest first; at most 200.
    """
    return _look(
        actor,
        "checklist:decide",
        lambda rows: rows.filter(to_review__gt=0).order_by("reviewing_since", "client_id", "id"),
    )


def waiting_everywhere(actor: Actor, today: date, served: frozenset[UUID]) -> list[ChecklistFacts]:
    """Return the checklists of some clients on which something waits for the firm, or is late; the caller has decided.

    What is to be looked at first, then what is late, each by how long it waits; at most 100.
    """
    if not served:
        return []
    with desk(actor):
        return [checklist_facts(row) for row in _WAITING(client_ids=list(served), today=today)]


def _waiting(client_ids: list[UUID], today: date) -> QuerySet[Checklist]:
    order = (F("reviewing_since").asc(nulls_last=True), "next_due", "client_id", "id")
    rows = Checklist.objects.filter(among("client_id", client_ids), closed_at=None)
    return rows.filter(Q(to_review__gt=0) | Q(next_due__lt=today)).order_by(*order)[:WAITING_MOST]


_WAITING = Prepared(_waiting)


def clients_to_ask(actor: Actor) -> frozenset[UUID]:
    """Return the clients that the actor may ask for something."""
    return access.places_with(actor, "checklist:send")


def _look(actor: Actor, verb: str, such: Filter) -> list[ChecklistFacts]:
    places = access.places_with(actor, verb)
    if not places:
        return []
    with desk(actor):
        rows = list(such(Checklist.objects.filter(among("client_id", list(places)), closed_at=None))[:LISTED_MOST])
    known = access.still_open(actor, {row.client_id for row in rows})  # conditions may close some of them now
    with desk(actor):
        return [checklist_facts(row) for row in rows if row.client_id in known]
