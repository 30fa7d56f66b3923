"""Begin, read, solve, reopen and assign threads."""

from collections.abc import Collection
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.unit import action
from muniment.portal.conversations import texts
from muniment.portal.conversations.actions import indexing, writing
from muniment.portal.conversations.errors import CannotRead, Moved, SolvedAlready
from muniment.portal.conversations.models import ReadMark, Thread
from muniment.portal.conversations.queries import seeing
from muniment.portal.conversations.queries.threads import facts_of
from muniment.portal.conversations.types import ThreadFacts
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients


@action
def start_thread(
    actor: Actor,
    *,
    title: str,
    body: str,
    about: str = "",
    about_id: UUID | None = None,
    document_ids: Collection[UUID] = (),
    upload_id: UUID | None = None,
    mention_ids: Collection[UUID] = (),
) -> ThreadFacts:
    """Begin a thread with its first message; about a thing, it is seen by who may see that.

    Raises:
        NotFound: the actor may not, or there is no such thing, document or upload for them.
        Empty, TooLong: of the title or the body.
        CannotRead: somebody mentioned may not read it.
        TooManyAttached: there are more than 20 documents.
    """
    access.require(actor, "message:send")
    if about or about_id:
        seeing.require_thing(actor, about, about_id or actor.client)
    now = clock.now()
    row = Thread(
        client_id=actor.client,
        about=about,
        about_id=about_id if about else None,
        title=texts.clean_title(title),
        created_at=now,
        created_by=actor.person_id,
    )
    row.save(force_insert=True)
    indexing.put(row)
    sent = writing.write(actor, row, body, writing.brought(actor, document_ids, upload_id), mention_ids)
    row.save()
    audit.record(actor, Event.THREAD_STARTED, row, message=sent.id, about=about, about_id=row.about_id)
    writing.record_mentions(actor, sent, mention_ids)
    return facts_of(actor, [row])[0]


@action
def read_thread(actor: Actor, *, thread_id: UUID) -> int:
    """Note that the actor has read a thread to its end, and return how far that is.

    Who looks as somebody else leaves no mark for them, but an entry.

    Raises:
        NotFound: there is no such thread, or it is not for this actor.
    """
    row = seeing.thread_of(actor, thread_id)
    if actor.looking_as is None:
        mark(actor, row)
    audit.record(actor, Event.THREAD_READ, row, up_to=row.last_number)
    return row.last_number


def mark(actor: Actor, row: Thread) -> None:
    """Note that the actor knows a thread to its end; marks only move on."""
    if actor.person_id is None:
        return
    values = {"number": row.last_number, "read_at": clock.now()}
    known = ReadMark.objects.filter(client_id=actor.client, thread_id=row.id, person_id=actor.person_id)
    if known.filter(number__lte=row.last_number).update(**values) or known.exists():
        return
    made = ReadMark(client_id=actor.client, thread_id=row.id, person_id=actor.person_id, **values)
    ReadMark.objects.bulk_create([made], ignore_conflicts=True)


@action
def solve_thread(actor: Actor, *, thread_id: UUID) -> None:
    """Say that a thread is solved; writing in it, or saying so, opens it again.

    Raises:
        NotFound: there is no such thread, or not for this actor.
        SolvedAlready: it is.
    """
    row = seeing.thread_of(actor, thread_id, "message:send", to_write=True)
    if row.solved_at is not None:
        raise SolvedAlready
    row.solved_at, row.solved_by = clock.now(), actor.person_id
    row.save(update_fields=["solved_at", "solved_by"])
    audit.record(actor, Event.THREAD_SOLVED, row)


@action
def reopen_thread(actor: Actor, *, thread_id: UUID) -> None:
    """Say that a thread is not solved after all.

    Raises:
        NotFound: there is no such thread, or not for this actor.
        SolvedAlready: it is open.
    """
    row = seeing.thread_of(actor, thread_id, "message:send", to_write=True)
    if row.solved_at is None:
        raise SolvedAlready
    row.solved_at = row.solved_by = None
    row.save(update_fields=["solved_at", "solved_by"])
    audit.record(actor, Event.THREAD_REOPENED, row)


@action
def assign_thread(actor: Actor, *, thread_id: UUID, person_id: UUID | None, before: UUID | None) -> None:
    """Say who of the firm answers in a thread; None for whoever comes first.

    `before` is who it was when the actor looked: two who decide at once do not undo each other.

    Raises:
        NotFound: there is no such thread, or not for this actor.
        CannotRead: it is nobody of the firm who may read the thread.
        Moved: it is somebody else's meanwhile.
    """
    row = seeing.thread_of(actor, thread_id, "thread:assign", to_write=True)
    if row.assigned_to != before:
        raise Moved
    if person_id is not None and person_id not in answering(actor, row):
        raise CannotRead
    row.assigned_to = person_id
    row.save(update_fields=["assigned_to"])
    audit.record(actor, Event.THREAD_ASSIGNED, row, before=before, after=person_id)


def answering(actor: Actor, row: Thread) -> frozenset[UUID]:
    """Return who of the firm may answer in a thread."""
    staff = {member.person_id for member in clients.members(actor) if member.kind == "staff"}
    return seeing.readers(actor, row, staff)
