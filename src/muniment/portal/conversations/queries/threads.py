"""Read threads: lists of them, one with all it says, and what is new in it."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Max, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import query
from muniment.portal.conversations.models import (
    Attachment,
    Mention,
    Message,
    MessageRevision,
    ReadMark,
    Thread,
    ThreadNote,
)
from muniment.portal.conversations.queries import seeing
from muniment.portal.conversations.types import (
    PAGE,
    SUBJECTS,
    After,
    Attached,
    MessageFacts,
    NoteFacts,
    Place,
    RevisionFacts,
    ThreadFacts,
    ThreadList,
    ThreadPage,
    Which,
)
from muniment.portal.documents import queries as documents
from muniment.trust.access import queries as access

MESSAGES_SHOWN = 30
_LOOKED_AT_MOST = 1000


@query
def threads(actor: Actor, which: Which = "open", *, after: After | None = None) -> ThreadList:
    """Return a page of 50 threads of the client that the actor may read, the newest first.

    Raises:
        NotFound: the actor may read none.
    """
    access.require(actor, "thread:view")
    return page(actor, narrowed(Thread.objects.filter(client_id=actor.client), actor, which), after)


@query
def threads_about(actor: Actor, kind: str, thing_id: UUID) -> ThreadList:
    """Return the threads about a thing, the newest first.

    Raises:
        NotFound: there is no such thing, or it is not for this actor.
    """
    access.require(actor, "thread:view")
    seeing.require_thing(actor, kind, thing_id)
    return page(actor, Thread.objects.filter(client_id=actor.client, about=kind, about_id=thing_id), None)


def narrowed(rows: QuerySet[Thread], actor: Actor, which: Which) -> QuerySet[Thread]:
    """Return the threads of a list: those that are open, the actor's own ones, with something new, or solved."""
    if which == "solved":
        return rows.exclude(solved_at=None)
    if which == "unread":
        return unread_by(rows, actor.person_id or actor.client)
    rows = rows.filter(solved_at=None)
    if which == "mine":
        rows = rows.filter(Q(assigned_to=actor.person_id) | Q(created_by=actor.person_id))
    return rows


def page(actor: Actor, rows: QuerySet[Thread], after: After | None) -> ThreadList:
    """Return the page of threads after a place, without those about things that the actor may not see."""
    rows = rows.annotate(read=read_by(actor.person_id or actor.client)).order_by("-last_at", "-id")
    found: list[Thread] = []
    looked_at = 0
    while len(found) <= PAGE and looked_at < _LOOKED_AT_MOST:
        batch = list(beyond(rows, after)[: PAGE + 1])
        looked_at += len(batch)
        found += seeing.seen_of(actor, batch)
        if len(batch) <= PAGE:
            break
        after = After(batch[-1].last_at, batch[-1].id)
    shown, more = found[:PAGE], len(found) > PAGE
    last = shown[-1] if shown else None
    return ThreadList(facts_of(actor, shown), After(last.last_at, last.id) if last and more else None)


@query
def thread_page(actor: Actor, thread_id: UUID, *, before: int | None = None) -> ThreadPage:
    """Return all that the page of a thread shows: its newest 30 messages, or those before the one with a number.

    Raises:
        NotFound: there is no such thread, or it is not for this actor.
    """
    row = seeing.thread_of(actor, thread_id)
    messages = Message.objects.filter(client_id=actor.client, thread_id=row.id)
    if before is not None:
        messages = messages.filter(number__lt=before)
    found = list(messages.order_by("-number")[: MESSAGES_SHOWN + 1])
    is_cut, found = len(found) > MESSAGES_SHOWN, found[:MESSAGES_SHOWN][::-1]
    may = access.verbs_at(actor, set())
    notes = _notes(actor, row, 0) if "note:read" in may and before is None else []
    (facts,) = facts_of(actor, [row])
    return ThreadPage(
        thread=facts,
        messages=messages_of(actor, found),
        notes=notes,
        place=Place(row.changes, max((note.changed for note in notes), default=0)),
        may=may,
        is_cut=is_cut,
        new_from=_new_from(actor, row, found),
    )


@query
def news(actor: Actor, thread_id: UUID, place: Place) -> ThreadPage | None:
    """Return what was written and changed in a thread since a place; None for nothing, told with few statements.

    Raises:
        NotFound: there is no such thread, or it is not for this actor.
    """
    row = seeing.thread_of(actor, thread_id)
    sees_notes = actor.kind == "staff" and actor.looking_as is None  # to ask less: what is shown is decided below
    mine = {"client_id": actor.client, "thread_id": row.id}
    newest = ThreadNote.objects.filter(**mine).aggregate(newest=Max("changed"))["newest"] or 0 if sees_notes else 0
    if row.changes <= place.changes and newest <= place.notes:
        return None
    may = access.verbs_at(actor, set())
    changed = list(Message.objects.filter(**mine, changed__gt=place.changes).order_by("changed")[:MESSAGES_SHOWN])
    notes = _notes(actor, row, place.notes) if "note:read" in may else []
    (facts,) = facts_of(actor, [row])
    reached = max((note.changed for note in notes), default=place.notes)
    come_to = changed[-1].changed if len(changed) == MESSAGES_SHOWN else row.changes  # the rest comes next time
    return ThreadPage(facts, messages_of(actor, changed), notes, Place(come_to, reached), may)


@query
def message(actor: Actor, thread_id: UUID, message_id: UUID) -> MessageFacts:
    """Return one message of a thread.

    Raises:
        NotFound: there is no such message, or it is not for this actor.
    """
    return messages_of(actor, [message_of(actor, thread_id, message_id)])[0]


@query
def revisions(actor: Actor, thread_id: UUID, message_id: UUID) -> tuple[MessageFacts, list[RevisionFacts]]:
    """Return a message and how it read before, the newest first.

    Raises:
        NotFound: there is no such message, or it is not for this actor.
    """
    row = message_of(actor, thread_id, message_id)
    before = MessageRevision.objects.filter(client_id=actor.client, message_id=row.id).order_by("-version")
    found = [RevisionFacts(old.version, old.body, old.replaced_at, old.replaced_by) for old in before]
    return messages_of(actor, [row])[0], found


def message_of(actor: Actor, thread_id: UUID, message_id: UUID, verb: str = "thread:view") -> Message:
    """Return the row of a message of a thread with which the actor may do `verb`.

    Raises:
        NotFound: there is none.
    """
    thread = seeing.thread_of(actor, thread_id, verb)
    row = Message.objects.filter(client_id=actor.client, thread_id=thread.id, id=message_id).first()
    if row is None:
        raise NotFound
    return row


def facts_of(actor: Actor, rows: Iterable[Thread]) -> list[ThreadFacts]:
    """Return threads that the actor may read as values, with the names of their things."""
    found = list(rows)
    names = seeing.things_named(actor, found)
    return [_facts(actor, row, names) for row in found]


def messages_of(actor: Actor, rows: Iterable[Message]) -> list[MessageFacts]:
    """Return messages with what they bring, named as far as the actor may see it, and whom they call."""
    found = list(rows)
    wanted = {"client_id": actor.client, "message_id__in": [row.id for row in found if row.removed_at is None]}
    attached: dict[UUID, list[UUID]] = defaultdict(list)
    called: dict[UUID, list[UUID]] = defaultdict(list)
    if found:
        for message_id, document_id in (
            Attachment.objects.filter(**wanted).order_by("id").values_list("message_id", "document_id")
        ):
            attached[message_id].append(document_id)
        for message_id, person_id in (
            Mention.objects.filter(**wanted).order_by("id").values_list("message_id", "person_id")
        ):
            called[message_id].append(person_id)
    names = documents.names(actor, {one for many in attached.values() for one in many})
    return [
        _message(row, tuple(Attached(one, names.get(one, "")) for one in attached[row.id]), tuple(called[row.id]))
        for row in found
    ]


def note_facts(row: ThreadNote) -> NoteFacts:
    """Return a note as a value."""
    return NoteFacts(
        row.id, row.number, row.body, row.written_at, row.written_by, row.changed, row.removed_at, row.removed_by
    )


def _notes(actor: Actor, thread: Thread, after: int) -> list[NoteFacts]:
    rows = ThreadNote.objects.filter(client_id=actor.client, thread_id=thread.id, changed__gt=after)
    return [note_facts(row) for row in rows.order_by("-number")[:MESSAGES_SHOWN]][::-1]


def _new_from(actor: Actor, thread: Thread, found: list[Message]) -> int:
    """Return the number of the first message of others that the actor has not read; 0 where they have read all."""
    if actor.person_id is None:
        return 0
    marks = ReadMark.objects.filter(client_id=actor.client, thread_id=thread.id, person_id=actor.person_id)
    read = marks.values_list("number", flat=True).first() or 0
    new = (row.number for row in found if row.number > read and row.written_by != actor.person_id)
    return next(new, 0)


def read_by(person_id: UUID) -> Coalesce:
    """Return how far a person has read each thread, for a query over threads."""
    marks = ReadMark.objects.filter(client_id=OuterRef("client_id"), thread_id=OuterRef("id"), person_id=person_id)
    return Coalesce(marks.values("number")[:1], Value(0))


def unread_by(rows: QuerySet[Thread], person_id: UUID) -> QuerySet[Thread]:
    """Return those of some threads in which somebody else wrote what a person did not read."""
    return rows.filter(last_number__gt=read_by(person_id)).exclude(last_by=person_id)


def beyond(rows: QuerySet[Thread], after: After | None) -> QuerySet[Thread]:
    """Return the threads that come after a place in a list."""
    if after is None:
        return rows
    # The first half lets the index begin there; the second separates threads of the same moment.
    return rows.filter(Q(last_at__lt=after.last_at) | Q(id__lt=after.id), last_at__lte=after.last_at)


def _facts(actor: Actor, row: Thread, names: dict[tuple[str, UUID], str]) -> ThreadFacts:
    read = getattr(row, "read", row.last_number)
    named = names.get((row.about, row.about_id), "") if row.about_id else ""
    url = SUBJECTS[row.about].url_of(row.client_id, row.about_id) if row.about_id and named else ""
    return ThreadFacts(
        id=row.id,
        client_id=row.client_id,
        title=row.title,
        about=row.about,
        about_id=row.about_id,
        changes=row.changes,
        last_number=row.last_number,
        last_at=row.last_at,
        last_by=row.last_by,
        waits_since=row.waits_since,
        assigned_to=row.assigned_to,
        solved_at=row.solved_at,
        solved_by=row.solved_by,
        created_at=row.created_at,
        created_by=row.created_by,
        is_unread=row.last_number > read and row.last_by != actor.person_id,
        about_name=named,
        about_url=url,
    )


def _message(row: Message, attached: tuple[Attached, ...], mentioned: tuple[UUID, ...]) -> MessageFacts:
    return MessageFacts(
        id=row.id,
        number=row.number,
        body="" if row.removed_at else row.body,
        is_firms=row.is_firms,
        written_at=row.written_at,
        written_by=row.written_by,
        version=row.version,
        changed=row.changed,
        edited_at=row.edited_at,
        removed_at=row.removed_at,
        removed_by=row.removed_by,
        attached=attached,
        mentioned=mentioned,
    )
