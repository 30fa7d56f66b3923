"""Send, change and remove messages."""

from collections.abc import Collection
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.portal.conversations import texts
from muniment.portal.conversations.actions import indexing, writing
from muniment.portal.conversations.actions.threads import mark
from muniment.portal.conversations.errors import Moved, NotYours, Removed
from muniment.portal.conversations.models import Message, MessageRevision, Thread
from muniment.portal.conversations.queries import seeing
from muniment.portal.conversations.queries.threads import messages_of
from muniment.portal.conversations.types import MessageFacts
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event


@action
def send_message(
    actor: Actor,
    *,
    thread_id: UUID,
    body: str,
    document_ids: Collection[UUID] = (),
    upload_id: UUID | None = None,
    mention_ids: Collection[UUID] = (),
) -> MessageFacts:
    """Write in a thread. A solved one is open again. A file whose bytes have arrived becomes a document with it.

    Raises:
        NotFound: there is no such thread, or not for this actor; or there is no such document or upload for them.
        Empty, TooLong: of the body; with documents it may be empty.
        CannotRead: somebody mentioned may not read the thread.
        TooManyAttached: there are more than 20 documents.
    """
    thread = seeing.thread_of(actor, thread_id, "message:send", to_write=True)
    was_solved = thread.solved_at is not None
    attached = writing.brought(actor, document_ids, upload_id)
    row = writing.write(actor, thread, body, attached, mention_ids)
    thread.save()
    mark(actor, thread)
    audit.record(actor, Event.MESSAGE_SENT, row, thread=thread.id, attached=len(set(attached)), reopened=was_solved)
    writing.record_mentions(actor, row, mention_ids)
    return messages_of(actor, [row])[0]


@action
def edit_message(actor: Actor, *, thread_id: UUID, message_id: UUID, body: str, version: int) -> MessageFacts:
    """Change the text of one's own message, which read as `version`; the earlier text stays as a revision.

    Raises:
        NotFound: there is no such message, or not for this actor.
        NotYours: somebody else wrote it.
        Removed: it was removed.
        Moved: it was changed since that version.
        Empty, TooLong: of the body.
    """
    thread, row = _own(actor, thread_id, message_id)
    if row.version != version:
        raise Moved
    cleaned = texts.clean_body(body)
    _keep(actor, thread, row)
    row.body, row.edited_at = cleaned, clock.now()
    row.save(update_fields=["body", "edited_at", "version", "changed"])
    indexing.put(row)
    audit.record(actor, Event.MESSAGE_EDITED, row, thread=thread.id, version=row.version)
    return messages_of(actor, [row])[0]


@action
def remove_message(actor: Actor, *, thread_id: UUID, message_id: UUID, version: int) -> None:
    """Take one's own message out of a thread, as it read as `version`; its text stays as a revision.

    Raises:
        NotFound: there is no such message, or not for this actor.
        NotYours: somebody else wrote it.
        Removed: it was removed already.
        Moved: it was changed since that version.
    """
    thread, row = _own(actor, thread_id, message_id)
    if row.version != version:
        raise Moved
    _keep(actor, thread, row)
    row.body, row.removed_at, row.removed_by = "", clock.now(), actor.person_id
    row.save(update_fields=["body", "removed_at", "removed_by", "version", "changed"])
    indexing.take_out(row)
    audit.record(actor, Event.MESSAGE_REMOVED, row, thread=thread.id, version=row.version)


def _own(actor: Actor, thread_id: UUID, message_id: UUID) -> tuple[Thread, Message]:
    """Return a thread and the actor's own message in it, which nobody else changes before the transaction ends."""
    thread = seeing.thread_of(actor, thread_id, "message:send", to_write=True)
    row = Message.objects.select_for_update().filter(client_id=actor.client, thread=thread, id=message_id).first()
    if row is None:
        raise NotFound
    if row.written_by != actor.person_id:
        raise NotYours
    if row.removed_at is not None:
        raise Removed
    return thread, row


def _keep(actor: Actor, thread: Thread, row: Message) -> None:
    """Keep how a message reads now, and count its change."""
    MessageRevision.objects.create(
        client_id=actor.client,
        message_id=row.id,
        version=row.version,
        body=row.body,
        replaced_at=clock.now(),
        replaced_by=actor.person_id,
    )
    thread.changes += 1
    thread.save(update_fields=["changes"])
    row.version += 1
    row.changed = thread.changes
