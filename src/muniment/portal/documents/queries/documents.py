"""Read documents: all about one, and its versions."""

from collections.abc import Iterable
from typing import cast
from uuid import UUID

from django.db.models import F

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import query
from muniment.portal.documents.models import Document, Version
from muniment.portal.documents.queries import folders, shares
from muniment.portal.documents.types import (
    DocumentDetails,
    DocumentFacts,
    VersionFacts,
)
from muniment.trust.access import queries as access
from muniment.trust.access.types import Label
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import EntryFacts, Event
from muniment.trust.vault import actions as vault
from muniment.trust.vault.types import OPEN, Vetting

OPENINGS = (Event.DOCUMENT_VIEWED, Event.DOCUMENT_DOWNLOADED)


@query
def recent_documents(actor: Actor, limit: int = 10) -> list[DocumentFacts]:
    """Return the documents that changed last and that the actor may view, newest first."""
    rows = access.visible(actor, "document:view", Document).filter(trashed_at=None)
    return [document_facts(row) for row in rows.order_by("-changed_at", "-id")[:limit]]


@query
def document(actor: Actor, document_id: UUID, verb: str = "document:view") -> DocumentFacts:
    """Return a document the actor may do `verb` with.

    Raises:
        NotFound: there is no such document, it is in the trash, or it is not for this actor.
    """
    return document_facts(live_document(actor, verb, document_id))


@query
def documents_by_ids(actor: Actor, document_ids: Iterable[UUID], verb: str) -> list[DocumentFacts]:
    """Return documents the actor may do `verb` with, in the order asked for.

    Raises:
        NotFound: one of them is not there, in the trash, or not for this actor.
    """
    wanted = list(dict.fromkeys(document_ids))
    rows = access.visible(actor, verb, Document).filter(trashed_at=None, id__in=wanted)
    found = {row.id: document_facts(row) for row in rows}
    if len(found) != len(wanted):
        raise NotFound
    return [found[document_id] for document_id in wanted]


@query
def document_details(actor: Actor, document_id: UUID) -> DocumentDetails:
    """Return all that the page of a document shows.

    Who can open it and who has is shown to those who may read the log, or share the document.

    Raises:
        NotFound: there is no such document, it is in the trash, or it is not for this actor.
    """
    allowed = access.reach(actor, "document:view")
    row = live_document(actor, "document:view", document_id)
    chain = folders.chain_to(actor, row.folder_id)
    way = [folders.folder_facts(folder) for folder in chain if allowed.holds(folder.id)]
    places = {row.id, *(folder.id for folder in chain)}
    may = access.verbs_at(actor, places)
    is_told = bool(may & {"log:read", "document:share"})
    return DocumentDetails(
        document=document_facts(row),
        way=way,
        versions=versions_of(actor, row.id),
        readers=shares.seeing(actor, row.label, shares.list_readers(actor, places, row.id)) if is_told else [],
        openings=_openings(actor, row.id) if is_told else [],
        shares=access.grants(actor, scope_ids={row.id}) if "document:share" in may else [],
        may=may,
    )


@query
def not_open(actor: Actor, document_ids: Iterable[UUID]) -> dict[UUID, Vetting]:
    """Return those of some documents whose newest version people cannot open, and how it was vetted.

    The caller has found them as rows that the actor may view.
    """
    return closed_of(actor, document_ids)


def closed_of(actor: Actor, document_ids: Iterable[UUID]) -> dict[UUID, Vetting]:
    """Return what `not_open` returns, in the transaction that is open."""
    rows = Version.objects.filter(client_id=actor.client, document_id__in=set(document_ids)).exclude(
        blob__verdict__in=OPEN
    )
    newest = rows.filter(number=F("document__version_count")).select_related("blob")
    return {row.document_id: vault.vetting_of(row.blob) for row in newest}


@query
def versions(actor: Actor, document_id: UUID) -> list[VersionFacts]:
    """Return the versions of a document, newest first.

    Raises:
        NotFound: there is no such document, it is in the trash, or it is not for this actor.
    """
    return versions_of(actor, live_document(actor, "document:view", document_id).id)


@query
def readable_version(
    actor: Actor, document_id: UUID, verb: str, number: int | None = None
) -> tuple[DocumentFacts, VersionFacts]:
    """Return a document and one version of it (None: the newest) that the actor may do `verb` with now.

    Raises:
        NotFound: there is no such version, or it is not for this actor.
    """
    row = live_document(actor, verb, document_id)
    return document_facts(row), version_facts(version_of(row, number))


def live_document(actor: Actor, verb: str, document_id: UUID) -> Document:
    """Return the row of a document outside the trash that the actor may do `verb` with.

    Raises:
        NotFound: there is none.
    """
    row = access.find(actor, verb, Document, document_id)
    if row.trashed_at is not None:
        raise NotFound
    return row


def version_of(row: Document, number: int | None = None) -> Version:
    """Return one version of a document, the newest without a number.

    Raises:
        NotFound: there is none of this number.
    """
    rows = Version.objects.filter(client_id=row.client_id, document_id=row.id).select_related("blob")
    found = (rows if number is None else rows.filter(number=number)).order_by("-number").first()
    if found is None:
        raise NotFound
    return found


def require_open(row: Version) -> None:
    """Insist that people may open a version.

    Raises:
        NotVetted, Held: it was not vetted yet, or is not clean.
    """
    vault.require_open(row.blob)


def vetting_of(row: Version) -> Vetting:
    """Return how a version was vetted; its blob is loaded beside it."""
    return vault.vetting_of(row.blob)


def versions_of(actor: Actor, document_id: UUID) -> list[VersionFacts]:
    """Return the versions of a document, newest first, in the transaction that is open."""
    rows = Version.objects.filter(client_id=actor.client, document_id=document_id).select_related("blob")
    return [version_facts(row) for row in rows.order_by("-number")]


def _openings(actor: Actor, document_id: UUID) -> list[EntryFacts]:
    return log.entries(actor, LogFilter(object_id=document_id, events=OPENINGS), limit=20)


def document_facts(row: Document) -> DocumentFacts:
    """Return a document as a value."""
    return DocumentFacts(
        id=row.id,
        name=row.name,
        folder_id=row.folder_id,
        kind=row.kind,
        media_type=row.media_type,
        size_bytes=row.size_bytes,
        version_count=row.version_count,
        created_at=row.created_at,
        created_by=row.created_by,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        trashed_at=row.trashed_at,
        trashed_by=row.trashed_by,
        label=cast("Label", row.label),
    )


def version_facts(row: Version) -> VersionFacts:
    """Return a version, with its blob loaded beside it, as a value."""
    return VersionFacts(
        id=row.id,
        document_id=row.document_id,
        blob_id=row.blob_id,
        number=row.number,
        media_type=row.media_type,
        size_bytes=row.size_bytes,
        added_at=row.added_at,
        added_by=row.added_by,
        sha256=bytes(row.blob.sha256) if row.blob.sha256 else None,
        proved_at=row.blob.proved_at,
        vetting=vault.vetting_of(row.blob),
    )
