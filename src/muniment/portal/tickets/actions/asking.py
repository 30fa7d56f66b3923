"""Ask for something, say it better, and put documents beside it."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Max

from muniment.core.actor import Actor
from muniment.core.errors import Invalid
from muniment.core.unit import action
from muniment.portal.documents import actions as uploads
from muniment.portal.documents import queries as documents
from muniment.portal.tickets.actions.indexing import put
from muniment.portal.tickets.actions.writing import clean, locked
from muniment.portal.tickets.errors import KindUnknown, MoveRefused
from muniment.portal.tickets.models import Ticket, TicketAttachment, TicketKind
from muniment.portal.tickets.queries.tickets import ticket_facts
from muniment.portal.tickets.types import TEXT_MOST, TITLE_MOST, TicketFacts
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event

ATTACHED_MOST = 50


@action
def ask_ticket(
    actor: Actor,
    *,
    kind: str,
    title: str,
    text: str = "",
    due_on: date | None = None,
    document_ids: Collection[UUID] = (),
    upload_id: UUID | None = None,
) -> TicketFacts:
    """Ask the firm for something, with documents of the client beside it, and one that an upload becomes with this.

    Raises:
        NotFound: `actor` may not ask here, or may not open one of the documents, or there is no such upload of theirs.
        KindUnknown: there is no such kind, or it is not offered any more.
        Invalid: there is no title, or a text is too long.
    """
    access.require(actor, "ticket:ask")
    row = Ticket(
        client_id=actor.client,
        kind=_kind(kind),
        title=clean(title, TITLE_MOST, is_line=True),
        text=clean(text, TEXT_MOST, is_needed=False),
        due_on=due_on,
        asked_by=actor.person_id,
        number=_next_number(actor.client),
    )
    row.moved_at = row.asked_at
    row.save(force_insert=True)
    count = _attach(actor, row, _brought(actor, document_ids, upload_id))
    put(row)
    audit.record(actor, Event.TICKET_ASKED, row, kind=row.kind_id, number=row.number, documents=count)
    return ticket_facts(row)


@action
def change_ticket(actor: Actor, *, ticket_id: UUID, version: int, kind: str, title: str, text: str) -> TicketFacts:
    """Say better what is asked for: who asked may as long as nobody of the firm has begun, the firm always.

    Raises:
        NotFound: there is no such ticket, or `actor` may not change it.
        TicketMoved: somebody changed it since it had this `version`.
        MoveRefused: the firm works on it already.
        KindUnknown, Invalid: as for `ask_ticket`.
    """
    row = locked(actor, "ticket:ask", ticket_id, version)
    if actor.kind == "contact" and (row.state != "new" or row.asked_by != actor.person_id):
        raise MoveRefused
    if kind != row.kind.name:
        row.kind = _kind(kind)
    row.title, row.text = clean(title, TITLE_MOST, is_line=True), clean(text, TEXT_MOST, is_needed=False)
    row.save(update_fields=["kind", "title", "text", "version"])
    put(row)
    audit.record(actor, Event.TICKET_CHANGED, row, kind=row.kind_id, version=row.version)
    return ticket_facts(row)


@action
def attach_documents(
    actor: Actor, *, ticket_id: UUID, document_ids: Collection[UUID] = (), upload_id: UUID | None = None
) -> int:
    """Put documents of the client beside a ticket, and one that an upload becomes; return how many were not there yet.

    Who may open them is decided by the documents alone: nobody sees more because of this.

    Raises:
        NotFound: there is no such ticket, document or upload, or `actor` may not.
        Invalid: there is no document, or more than 50 would lie there.
    """
    row = access.find(actor, "ticket:ask", Ticket, ticket_id)
    brought = _brought(actor, document_ids, upload_id)
    if not brought:
        raise Invalid
    count = _attach(actor, row, brought)
    audit.record(actor, Event.TICKET_ATTACHED, row, documents=count)
    return count


@action
def detach_document(actor: Actor, *, ticket_id: UUID, document_id: UUID) -> bool:
    """Take a document off a ticket; return whether it lay there. The document itself stays where it is.

    Raises:
        NotFound: there is no such ticket or document, or `actor` may not.
    """
    row = access.find(actor, "ticket:ask", Ticket, ticket_id)
    documents.document(actor, document_id, "document:view")
    lies = TicketAttachment.objects.filter(client_id=actor.client, ticket_id=row.id, document_id=document_id)
    count, _by_table = lies.delete()
    audit.record(actor, Event.TICKET_DETACHED, row, documents=count)
    return bool(count)


def _brought(actor: Actor, document_ids: Collection[UUID], upload_id: UUID | None) -> list[UUID]:
    """Return documents, with the one that an upload becomes in this transaction."""
    if upload_id is None:
        return list(document_ids)
    return [*document_ids, uploads.finish_upload(actor, upload_id=upload_id).document_id]


def _attach(actor: Actor, row: Ticket, document_ids: Collection[UUID]) -> int:
    """Put documents there that the actor may open; once each, however often it is asked."""
    if not document_ids:
        return 0
    wanted = [document.id for document in documents.documents_by_ids(actor, document_ids, "document:view")]
    there = TicketAttachment.objects.filter(client_id=actor.client, ticket_id=row.id)
    known = set(there.values_list("document_id", flat=True))
    new = [document_id for document_id in wanted if document_id not in known]
    if len(known) + len(new) > ATTACHED_MOST:
        raise Invalid
    TicketAttachment.objects.bulk_create(
        [
            TicketAttachment(client_id=actor.client, ticket_id=row.id, document_id=one, added_by=actor.person_id)
            for one in new
        ],
        ignore_conflicts=True,  # somebody put the same one there at this moment
    )
    return len(new)


def _kind(name: str) -> TicketKind:
    found = TicketKind.objects.filter(name=name, retired_at=None).first()
    if found is None:
        raise KindUnknown
    return found


def _next_number(client_id: UUID) -> int:
    """Return the next number of the bound client; two who ask at once wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('muniment/ticket/' || %s, 0))", [str(client_id)])
    highest: int | None = Ticket.objects.filter(client_id=client_id).aggregate(highest=Max("number"))["highest"]
    return (highest or 0) + 1
