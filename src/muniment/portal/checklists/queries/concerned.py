"""Whom acts on checklists concern: those who are asked, and those who asked."""

from collections.abc import Callable
from uuid import UUID

from django.urls import reverse

from muniment.core.actor import Actor
from muniment.core.telling import Concerned, Told
from muniment.core.unit import acting_as
from muniment.portal.checklists.models import Checklist, Item
from muniment.portal.checklists.states import TO_DO
from muniment.trust.access import queries as access
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients

NOBODY = Concerned(frozenset(), "")


def _asked(told: Told) -> Concerned:
    """Return those whose turn it is: who an open item is assigned to, else everybody of its side who may answer."""
    actor = Actor.system(told.client_id)
    with acting_as(actor):
        rows = Checklist.objects.filter(client_id=told.client_id, id=_thing(told))
        checklist = rows.only("id", "client_id", "sent_by").first()
        if checklist is None:
            return NOBODY
        items = Item.objects.filter(client_id=told.client_id, checklist_id=checklist.id, is_asked=True, state__in=TO_DO)
        wanted = set(items.order_by().values_list("side", "assignee_id").distinct())
        contacts, staff = _who_may(actor, "checklist:answer")
        people = {assignee for _side, assignee in wanted if assignee}
        if ("client", None) in wanted:
            people |= contacts
        if ("firm", None) in wanted and checklist.sent_by is not None:
            people.add(checklist.sent_by)
        return Concerned(frozenset(people & (contacts | staff)), _checklist_url(told.client_id, checklist.id))


def _answered(told: Told) -> Concerned:
    """Return who sent the checklist; where they do not decide here any more, everybody who does."""
    actor = Actor.system(told.client_id)
    with acting_as(actor):
        row = Item.objects.filter(client_id=told.client_id, id=_thing(told)).select_related("checklist").first()
        if row is None or row.side == "firm":
            return NOBODY
        _contacts, staff = _who_may(actor, "checklist:decide")
        sender = row.checklist.sent_by
        people = frozenset({sender}) & staff if sender else frozenset()
        return Concerned(people or staff, item_url(told.client_id, row.id))


def _decided(told: Told) -> Concerned:
    """Return who answered, and who it is assigned to."""
    actor = Actor.system(told.client_id)
    with acting_as(actor):
        rows = Item.objects.filter(client_id=told.client_id, id=_thing(told))
        row = rows.values_list("id", "answered_by", "assignee_id").first()
        if row is None:
            return NOBODY
        item_id, *people = row
        contacts, staff = _who_may(actor, "checklist:view")
        there = frozenset(person for person in people if person) & (contacts | staff)
        return Concerned(there, item_url(told.client_id, item_id))


CONCERNED: dict[Event, Callable[[Told], Concerned]] = {
    Event.CHECKLIST_SENT: _asked,
    Event.CHECKLIST_REMINDED: _asked,
    Event.ITEM_ANSWERED: _answered,
    Event.ITEM_NOT_APPLICABLE: _answered,
    Event.ITEM_FILE_ADDED: _answered,
    Event.ITEM_ACCEPTED: _decided,
    Event.ITEM_SENT_BACK: _decided,
    Event.ITEM_ASSIGNED: _decided,
}


def _thing(told: Told) -> UUID:
    if told.object_id is None:
        raise LookupError("an act on a checklist without one")
    return told.object_id


def _who_may(actor: Actor, verb: str) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """Return the contacts and the staff of the client who hold a verb."""
    able = access.holders(actor, verb)
    kinds = {member.person_id: member.kind for member in clients.members(actor)}
    contacts = frozenset(person for person in able if kinds.get(person) == "contact")
    return contacts, frozenset(person for person in able if kinds.get(person) == "staff")


def _checklist_url(client_id: UUID, checklist_id: UUID) -> str:
    return reverse("checklists:checklist", kwargs={"client_id": client_id, "checklist_id": checklist_id})


def item_url(client_id: UUID, item_id: UUID) -> str:
    """Return the address of an item's page."""
    return reverse("checklists:item", kwargs={"client_id": client_id, "item_id": item_id})
