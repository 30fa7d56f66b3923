"""Write and remove the firm's own notes beside threads."""

from uuid import UUID

from django.db.models import Max

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.portal.conversations import texts
from muniment.portal.conversations.actions import indexing
from muniment.portal.conversations.errors import NotYours, Removed
from muniment.portal.conversations.models import Thread, ThreadNote
from muniment.portal.conversations.queries import seeing
from muniment.portal.conversations.queries.threads import note_facts
from muniment.portal.conversations.types import NoteFacts
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event


@action
def write_note(actor: Actor, *, thread_id: UUID, body: str) -> NoteFacts:
    """Write a note that people of the firm alone ever see.

    Raises:
        NotFound: there is no such thread, or not for this actor.
        Empty, TooLong: of the note.
    """
    thread = _thread(actor, thread_id)
    number = _newest(actor, thread) + 1
    row = ThreadNote.objects.create(
        client_id=actor.client,
        thread_id=thread.id,
        number=number,
        body=texts.clean_body(body),
        written_at=clock.now(),
        written_by=actor.person_id,
        changed=number,
    )
    indexing.put(row)
    audit.record(actor, Event.NOTE_WRITTEN, row, thread=thread.id)
    return note_facts(row)


@action
def remove_note(actor: Actor, *, thread_id: UUID, note_id: UUID) -> None:
    """Strike one's own note out; what it said stays for the firm to look up.

    Raises:
        NotFound: there is no such note, or not for this actor.
        NotYours: somebody else wrote it.
        Removed: it was struck out already.
    """
    thread = _thread(actor, thread_id)
    row = ThreadNote.objects.select_for_update().filter(client_id=actor.client, thread=thread, id=note_id).first()
    if row is None:
        raise NotFound
    if row.written_by != actor.person_id:
        raise NotYours
    if row.removed_at is not None:
        raise Removed
    row.removed_at, row.removed_by = clock.now(), actor.person_id
    row.changed = _newest(actor, thread) + 1
    row.save(update_fields=["removed_at", "removed_by", "changed"])
    indexing.take_out(row)
    audit.record(actor, Event.NOTE_REMOVED, row, thread=thread.id)


def _thread(actor: Actor, thread_id: UUID) -> Thread:
    """Return the thread, locked: two notes written at once get two numbers."""
    return seeing.thread_of(actor, thread_id, "note:write", to_write=True)


def _newest(actor: Actor, thread: Thread) -> int:
    rows = ThreadNote.objects.filter(client_id=actor.client, thread_id=thread.id)
    return rows.aggregate(newest=Max("changed"))["newest"] or 0
