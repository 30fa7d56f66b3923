"""My day: what waits for somebody of the firm over all of their clients, who is late, and what came in."""

from collections import Counter
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from muniment.core.actor import Actor
from muniment.core.needs import Need
from muniment.core.unit import desk
from muniment.portal.checklists import queries as checklists
from muniment.portal.documents import queries as documents
from muniment.portal.documents.queries import Arrival
from muniment.portal.documents.queries.arrivals import SERVED_WITH as ARRIVED_WITH
from muniment.portal.documents.queries.needs import needs_of
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity
from muniment.trust.identity.types import Company
from muniment.web import needs
from muniment.web.views.attention import need_shown, needs_shown, recent_row

NEEDS_SHOWN = 12
LATE_SHOWN = 6
RECENT_SHOWN = 6
CLIENTS_SHOWN = 8


def day(actor: Actor) -> dict[str, Any]:
    """Return My day of somebody of the firm: a few statements over all clients, and names of what is shown alone."""
    if actor.person_id is None:
        raise LookupError("nobody is signed in")
    firm_id, people_of_firm = clients.find_firm_id(), _people_of_firm(actor)
    with desk(actor):
        places = clients.memberships_here(actor.person_id)
        served = access.places_by(actor, {ARRIVED_WITH, *(source.verb for source in needs.SOURCES if source.verb)})
        came = documents.arrivals(actor, people_of_firm, served[ARRIVED_WITH])
        found = needs.needs_everywhere(actor, served)
    belonging = [place.client_id for place in places if place.client_id != firm_id]
    came, found = _open(actor, came, found)
    mine, late = needs.needs_of_staff(actor, found, needs_of(came))
    waiting = Counter(need.client_id for need in mine)
    working = _working(belonging, waiting, came)
    recent = came[:RECENT_SHOWN]
    shown = {
        *working,
        *(need.client_id for need in (*mine[:NEEDS_SHOWN], *late[:LATE_SHOWN])),
        *(one.client_id for one in recent),
    }
    known = identity.companies_across(actor.person_id, shown)
    names = {client_id: company.name for client_id, company in known.items()}
    people = identity.people({one.document.changed_by for one in recent})
    today = timezone.localdate()
    return {
        "shown_clients": [client_id for client_id in known if client_id != firm_id],
        **needs_shown(mine, names, NEEDS_SHOWN),
        "late": [need_shown(need, "", names.get(need.client_id, ""), today) for need in late[:LATE_SHOWN]],
        "late_count": len(late),
        "late_url": reverse("checklists:late"),
        "may_remind": bool(late) and bool(checklists.clients_to_ask(actor)),
        "recent": [
            recent_row(one.client_id, one.document, people, names.get(one.client_id, ""), is_new=one.is_new)
            for one in recent
        ],
        "recent_url": None,
        "clients_at_work": _at_work(actor, working, known, came),
        "clients_url": reverse("clients:list"),
    }


def _people_of_firm(actor: Actor) -> list[UUID]:
    """Return who works for the firm; what they put into clients is nothing new to it."""
    return [member.person_id for member in clients.members(actor.within(clients.firm_id()))]


def _open(actor: Actor, came: list[Arrival], found: list[Need]) -> tuple[list[Arrival], list[Need]]:
    """Return what conditions leave open to somebody now: documents by client and label, what waits by client."""
    places = {one.client_id for one in came} | {need.client_id for need in found}
    openings = access.open_across(actor, "view", places) if places else {}
    labels = {client_id: opening.labels for client_id, opening in openings.items() if not opening.shut}
    return (
        [one for one in came if one.document.label in labels.get(one.client_id, ())],
        [need for need in found if need.client_id in labels],
    )


def _working(belonging: list[UUID], waiting: Counter[UUID], came: list[Arrival]) -> list[UUID]:
    """Return the clients shown as mine: where most waits, then where something came, then the newest."""
    mine = set(belonging)
    busy = [client_id for client_id, _count in waiting.most_common()]
    order = dict.fromkeys([*busy, *(one.client_id for one in came), *reversed(belonging)])
    return [client_id for client_id in order if client_id in mine][:CLIENTS_SHOWN]


def _at_work(
    actor: Actor, working: list[UUID], known: dict[UUID, Company], came: list[Arrival]
) -> list[dict[str, Any]]:
    new = Counter(one.client_id for one in came if one.is_new)
    changed = documents.last_changes(actor, working)
    return [
        {
            "id": client_id,
            "name": known[client_id].name,
            "line": known[client_id].line,
            "new_count": new[client_id],
            "last_at": changed.get(client_id),
        }
        for client_id in working
        if client_id in known
    ]
