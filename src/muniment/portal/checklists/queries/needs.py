"""What of checklists needs somebody: for Home and My day."""

from itertools import groupby
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.db.prepared import Prepared, among
from muniment.core.needs import Need, NeedKind
from muniment.core.unit import query
from muniment.portal.checklists.models import Checklist, Item
from muniment.portal.checklists.queries.everywhere import waiting_everywhere
from muniment.portal.checklists.states import TO_DO, State
from muniment.portal.checklists.types import ChecklistFacts
from muniment.trust.access import queries as access

MOST = 100
SERVED_WITH = "checklist:decide"
"""What somebody may do in a client whose answers wait for them."""
SINGLY = 3
"""More open items of one checklist are told as one."""

_KINDS: dict[str, NeedKind] = {"upload": "upload", "answer": "answer", "approve": "approve", "read": "read"}


@query
def needs(actor: Actor) -> list[Need]:
    """Return what is open on checklists and asks the actor, or nobody in particular of their side: what is due first.

    To who looks as somebody of the client: what asks that person.
    """
    reader = actor.looking_as or actor.person_id
    if reader is None or not access.reach(actor, "checklist:answer").whole:
        return []
    side = "firm" if actor.kind == "staff" and actor.looking_as is None else "client"
    mine = sorted(
        _OPEN(client_id=actor.client, side=side, person_id=reader), key=lambda row: (row.checklist_id, row.number)
    )
    _with_checklists(actor.client, mine)
    found: list[Need] = []
    for _checklist, group in groupby(mine, key=lambda row: row.checklist_id):
        found += _of_checklist(actor, list(group))
    return found[:MOST]


def _open(client_id: UUID, side: str, person_id: UUID) -> QuerySet[Item]:
    mine = Q(assignee_id=person_id) | Q(assignee_id=None)
    rows = Item.objects.filter(mine, client_id=client_id, is_asked=True, state__in=TO_DO, side=side)
    return rows.filter(checklist__closed_at=None).order_by("due", "checklist_id", "number")[: MOST * SINGLY]


def _with_checklists(client_id: UUID, rows: list[Item]) -> None:
    """Put the checklists of items in place, found in one statement."""
    wanted = list({row.checklist_id for row in rows})
    found = {one.id: one for one in _CHECKLISTS(client_id=client_id, checklist_ids=wanted)} if wanted else {}
    for row in rows:
        row.checklist = found[row.checklist_id]


def _checklists(client_id: UUID, checklist_ids: list[UUID]) -> QuerySet[Checklist]:
    return Checklist.objects.filter(among("id", checklist_ids), client_id=client_id)


_OPEN, _CHECKLISTS = Prepared(_open), Prepared(_checklists)


def needs_everywhere(actor: Actor, served: frozenset[UUID] | None = None) -> list[Need]:
    """Return the checklists of all clients with answers to look at, and those on which something is late.

    `served` is where the actor decides about answers, if the caller knows it already.
    """
    today = timezone.localdate(clock.now())
    found: list[Need] = []
    served = access.places_with(actor, SERVED_WITH) if served is None else served
    for one in waiting_everywhere(actor, today, served):
        if one.counts.to_review:
            found.append(_to_review(one))
        if one.is_late(today):
            found.append(_late(one))
    return found


def _of_checklist(actor: Actor, items: list[Item]) -> list[Need]:
    if len(items) <= SINGLY:
        return [_of_item(actor, item) for item in items]
    checklist = items[0].checklist
    left = ngettext("%d thing to do", "%d things to do", len(items)) % len(items)
    return [
        Need(
            kind="answer",
            client_id=actor.client,
            title=checklist.title,
            about=left,
            act=_("Go on"),
            url=_url(actor.client, checklist.id),
            since=checklist.created_at,
            due=min((item.due for item in items if item.due), default=None),
            waits_for=_people(items),
        )
    ]


def _of_item(actor: Actor, item: Item) -> Need:
    acts = {"upload": _("Upload"), "answer": _("Answer"), "approve": _("Approve"), "read": _("Read")}
    about = item.checklist.title
    if item.state == State.SENT_BACK:
        about = _("Sent back: %(note)s") % {"note": item.note}
    return Need(
        kind=_KINDS[item.kind],
        client_id=actor.client,
        title=item.title,
        about=about,
        act=acts[item.kind],
        url=reverse("checklists:item", kwargs={"client_id": actor.client, "item_id": item.id}),
        since=item.decided_at or item.created_at,
        due=item.due,
        waits_for=_people([item]),
    )


def _to_review(one: ChecklistFacts) -> Need:
    return Need(
        kind="decide",
        client_id=one.client_id,
        title=one.title,
        about=ngettext("%d answer to look at", "%d answers to look at", one.counts.to_review) % one.counts.to_review,
        act=_("Review"),
        url=_url(one.client_id, one.id),
        since=one.reviewing_since or one.sent_at,
    )


def _late(one: ChecklistFacts) -> Need:
    return Need(
        kind="do",
        client_id=one.client_id,
        title=one.title,
        about=ngettext("Late: %d thing is open", "Late: %d things are open", one.counts.to_do) % one.counts.to_do,
        act=_("Look at it"),
        url=_url(one.client_id, one.id),
        since=one.sent_at,
        due=one.next_due,
        is_theirs=True,
    )


def _url(client_id: UUID, checklist_id: UUID) -> str:
    return reverse("checklists:checklist", kwargs={"client_id": client_id, "checklist_id": checklist_id})


def _people(items: list[Item]) -> frozenset[UUID]:
    return frozenset(item.assignee_id for item in items if item.assignee_id)
