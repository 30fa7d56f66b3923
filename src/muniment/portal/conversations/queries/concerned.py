"""Whom acts in conversations concern, for those who tell people."""

from collections.abc import Callable
from uuid import UUID

from django.urls import reverse

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.telling import Concerned, Told
from muniment.core.unit import acting_as
from muniment.portal.conversations.models import Message, Thread, ThreadNote
from muniment.portal.conversations.queries import seeing
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients

NOBODY = Concerned(frozenset(), "")


def of_message(told: Told) -> Concerned:
    """Return whom a new message concerns: those who wrote in the thread, who answers, or all if nobody did."""
    return _in_thread(told, _thread_of_message)


def of_start(told: Told) -> Concerned:
    """Return whom a new thread concerns: everyone who may read it."""
    return _in_thread(told, lambda _actor, told: told.object_id)


def of_solving(told: Told) -> Concerned:
    """Return whom it concerns that a thread is solved or open again: those who took part."""
    return _in_thread(told, lambda _actor, told: told.object_id)


def of_assigning(told: Told) -> Concerned:
    """Return whom it concerns that somebody answers in a thread: them."""
    actor = Actor.system(told.client_id, purpose="Tell people what concerns them")
    with acting_as(actor):
        row = _thread(actor, told.object_id)
        if row is None or row.assigned_to is None:
            return NOBODY
        return _concerned(actor, row, frozenset({row.assigned_to}))


def of_mention(told: Told) -> Concerned:
    """Return whom a mention concerns: who was called, if they may still read it."""
    actor = Actor.system(told.client_id, purpose="Tell people what concerns them")
    with acting_as(actor):
        row = _thread(actor, _thread_of_message(actor, told))
        called = told.facts.get("person")
        return NOBODY if row is None or not called else _concerned(actor, row, frozenset({_id_of(called)}))


def of_note(told: Told) -> Concerned:
    """Return whom a note of the firm concerns: who answers in the thread, and who wrote notes beside it."""
    actor = Actor.system(told.client_id, purpose="Tell people what concerns them")
    with acting_as(actor):
        notes = ThreadNote.objects.filter(client_id=actor.client, id__in=_only(told.object_id))
        note = notes.first()
        row = _thread(actor, note.thread_id) if note else None
        if row is None:
            return NOBODY
        writers = ThreadNote.objects.filter(client_id=actor.client, thread_id=row.id)
        wanted = {row.assigned_to, *writers.values_list("written_by", flat=True)}
        return _concerned(actor, row, frozenset(one for one in wanted if one) & _staff(actor))


CONCERNED: dict[Event, Callable[[Told], Concerned]] = {
    Event.THREAD_STARTED: of_start,
    Event.MESSAGE_SENT: of_message,
    Event.PERSON_MENTIONED: of_mention,
    Event.THREAD_ASSIGNED: of_assigning,
    Event.THREAD_SOLVED: of_solving,
    Event.THREAD_REOPENED: of_solving,
    Event.NOTE_WRITTEN: of_note,
}


def _in_thread(told: Told, find: Callable[[Actor, Told], UUID | None]) -> Concerned:
    actor = Actor.system(told.client_id, purpose="Tell people what concerns them")
    with acting_as(actor):
        row = _thread(actor, find(actor, told))
        if row is None:
            return NOBODY
        if told.event == Event.THREAD_STARTED:
            return _concerned(actor, row, None)
        taking_part = Message.objects.filter(client_id=actor.client, thread_id=row.id)
        wanted = {row.created_by, row.assigned_to, *taking_part.values_list("written_by", flat=True).distinct()}
        people = frozenset(one for one in wanted if one)
        staff = _staff(actor)
        if not people & staff:  # nobody of the firm has answered yet: it is for all of them who may
            people |= staff
        return _concerned(actor, row, people)


def _concerned(actor: Actor, row: Thread, people: frozenset[UUID] | None) -> Concerned:
    url = reverse("conversations:thread", kwargs={"client_id": row.client_id, "thread_id": row.id})
    return Concerned(seeing.readers(actor, row, people), url)


def _staff(actor: Actor) -> frozenset[UUID]:
    return frozenset(member.person_id for member in clients.members(actor) if member.kind == "staff")


def _thread(actor: Actor, thread_id: UUID | None) -> Thread | None:
    return Thread.objects.filter(client_id=actor.client, id=thread_id).first() if thread_id else None


def _thread_of_message(actor: Actor, told: Told) -> UUID | None:
    rows = Message.objects.filter(client_id=actor.client, id__in=_only(told.object_id))
    return rows.values_list("thread_id", flat=True).first()


def _only(object_id: UUID | None) -> list[UUID]:
    return [object_id] if object_id else []


def _id_of(fact: object) -> UUID:
    """Return an id as the log gives it: in its public form, or as it is."""
    return fact if isinstance(fact, UUID) else ids.private(str(fact))
