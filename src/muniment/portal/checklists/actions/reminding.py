"""Remind of what is open: by the portal a day before and a day after it was wanted, by hand at any time.

A reminder is an entry in the log: whoever tells people about entries mails it.
"""

from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.unit import action, query
from muniment.portal.checklists.actions.settling import locked
from muniment.portal.checklists.errors import ChecklistClosed, NobodyToRemind
from muniment.portal.checklists.models import Checklist, Item
from muniment.portal.checklists.states import TO_DO
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event

BEFORE, AFTER = "before", "after"
AT_ONCE = 500
"""Checklists that one round reminds of in one client; the next round goes on."""


@action
def remind_checklist(actor: Actor, *, checklist_id: UUID) -> int:
    """Remind those whose turn it is of what is open on a checklist; return of how many items.

    Raises:
        NotFound: there is no such checklist, or the actor may not.
        ChecklistClosed: it is closed.
        NobodyToRemind: nothing is open on it.
    """
    access.find(actor, "checklist:send", Checklist, checklist_id)
    checklist = locked(actor, checklist_id)
    if checklist.closed_at is not None:
        raise ChecklistClosed
    if not checklist.to_do:
        raise NobodyToRemind
    _note(actor, checklist, "by-hand", checklist.to_do)
    return checklist.to_do


def remind_due(actor: Actor, today: date) -> int:
    """Remind of what is wanted tomorrow, and of what was wanted yesterday or before; return of how many checklists.

    For the portal itself. Each item is reminded of once before and once after its day; doing it again does nothing.
    """
    waiting = _waiting(actor, today)
    for checklist_id in waiting:
        _remind(actor, checklist_id=checklist_id, today=today)
    return len(waiting)


@query
def _waiting(actor: Actor, today: date) -> list[UUID]:
    rows = _due(actor, today).values_list("checklist_id", flat=True)
    return sorted(set(rows.order_by()[: AT_ONCE * 10]))[:AT_ONCE]


@action
def _remind(actor: Actor, *, checklist_id: UUID, today: date) -> None:
    checklist = locked(actor, checklist_id)
    due = list(_due(actor, today).filter(checklist_id=checklist_id).only("id", "client_id", "due", "reminded"))
    if not due:
        raise NobodyToRemind  # answered in the meantime
    late = [item.id for item in due if item.due is not None and item.due < today]
    items = Item.objects.filter(client_id=actor.client, id__in=[item.id for item in due])
    items.filter(id__in=late).update(reminded=AFTER)
    items.exclude(id__in=late).update(reminded=BEFORE)
    _note(actor, checklist, AFTER if late else BEFORE, len(due))


def _due(actor: Actor, today: date) -> QuerySet[Item]:
    """Return the open items of open checklists that a reminder is due for."""
    soon = Q(due=today + timedelta(days=1), reminded="")
    late = Q(due__lt=today) & ~Q(reminded=AFTER)
    rows = Item.objects.filter(soon | late, client_id=actor.client, is_asked=True, state__in=TO_DO)
    return rows.filter(checklist__closed_at=None)


def _note(actor: Actor, checklist: Checklist, when: str, items: int) -> None:
    checklist.reminded_at = clock.now()
    checklist.save(update_fields=["reminded_at"])
    audit.record(actor, Event.CHECKLIST_REMINDED, checklist, when=when, items=items)
