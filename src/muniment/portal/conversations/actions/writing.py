"""What happens in a thread when somebody writes in it."""

from collections.abc import Collection
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.portal.conversations import texts
from muniment.portal.conversations.actions import indexing
from muniment.portal.conversations.errors import CannotRead, TooManyAttached
from muniment.portal.conversations.models import Attachment, Mention, Message, Thread
from muniment.portal.conversations.queries import seeing
from muniment.portal.conversations.types import ATTACHED_MOST
from muniment.portal.documents import actions as uploads
from muniment.portal.documents import queries as documents
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event


def write(
    actor: Actor, thread: Thread, body: str, document_ids: Collection[UUID], mention_ids: Collection[UUID]
) -> Message:
    """Write a message into a thread that the caller holds locked, and change the thread's row, unsaved.

    What the client writes waits for an answer from the first such message on; a solved thread is open again.
    """
    attached, called = list(dict.fromkeys(document_ids)), list(dict.fromkeys(mention_ids))
    cleaned = texts.clean_body(body, may_be_empty=bool(attached))
    if len(attached) > ATTACHED_MOST:
        raise TooManyAttached
    if len(documents.viewable(actor, attached)) < len(attached):
        raise NotFound
    if called and len(seeing.readers(actor, thread, called)) < len(called):
        raise CannotRead
    now, is_firms = clock.now(), actor.kind != "contact"
    thread.changes += 1
    row = Message(
        client_id=actor.client,
        thread_id=thread.id,
        number=thread.changes,
        body=cleaned,
        is_firms=is_firms,
        written_at=now,
        written_by=actor.person_id,
        changed=thread.changes,
    )
    row.save(force_insert=True)
    own = {"client_id": actor.client, "message_id": row.id}
    Attachment.objects.bulk_create([Attachment(**own, document_id=document_id) for document_id in attached])
    Mention.objects.bulk_create([Mention(**own, person_id=person_id) for person_id in called])
    indexing.put(row)
    thread.last_number, thread.last_at, thread.last_by = row.number, now, actor.person_id
    thread.waits_since = None if is_firms else thread.waits_since or now
    thread.solved_at = thread.solved_by = None
    return row


def brought(actor: Actor, document_ids: Collection[UUID], upload_id: UUID | None) -> list[UUID]:
    """Return the documents that a message brings, with the one that an upload becomes in this transaction."""
    if upload_id is None:
        return list(document_ids)
    return [*document_ids, uploads.finish_upload(actor, upload_id=upload_id).document_id]


def record_mentions(actor: Actor, row: Message, mention_ids: Collection[UUID]) -> None:
    """Write down whom a message called."""
    for person_id in dict.fromkeys(mention_ids):
        audit.record(actor, Event.PERSON_MENTIONED, row, thread=row.thread_id, person=person_id)
