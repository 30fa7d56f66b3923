"""Read documents: lists that cost the same however many there are, and all about one."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.core.unit import query
from muniment.portal.documents import kinds
from muniment.portal.documents.models import Document, Version
from muniment.portal.documents.queries import folders, shares
from muniment.portal.documents.types import (
    PAGE_SIZES,
    Cursor,
    DocumentDetails,
    DocumentFacts,
    DocumentPage,
    FolderPage,
    Sort,
    VersionFacts,
    Wanted,
)
from muniment.trust.access import queries as access
from muniment.trust.access.types import Reach
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import EntryFacts, Event

SORTED_BY_NAME_MOST = 1000
"""In a folder with more documents names are not sorted or searched: they are sealed, and opening them all costs."""

OPENINGS = (Event.DOCUMENT_VIEWED, Event.DOCUMENT_DOWNLOADED)
_COLUMNS = {"changed": "changed_at", "size": "size_bytes"}


@query
def documents_in(
    actor: Actor,
    folder_id: UUID | None = None,
    *,
    sort: Sort = "changed",
    kind: str = "",
    name: str = "",
    older: Cursor | None = None,
    newer: Cursor | None = None,
    limit: int = PAGE_SIZES[0],
) -> DocumentPage:
    """Return one page of the documents in a folder (None: the top) that the actor may view.

    Newest or largest first. With `sort="name"` or part of a `name` all names of the folder are opened and the
    page holds every match, unless there are more than 1,000 documents: then `is_too_full`, by time.
    At the top of somebody who was given single documents, those stand too, wherever they lie.

    Raises:
        NotFound: there is no such folder, or it is not for this actor.
        Invalid: an unknown order or kind, or a page that begins nowhere.
    """
    allowed = access.reach(actor, "document:view")
    if folder_id is not None:
        folders.way_to(actor, folder_id, allowed)
    return list_documents(actor, folder_id, allowed, Wanted(sort, kind, name, older, newer, limit))


@query
def folder_page(actor: Actor, folder_id: UUID | None, wanted: Wanted) -> FolderPage:
    """Return all that the page of a folder (None: the top) shows, in one transaction.

    Raises:
        NotFound: there is no such folder, or it is not for this actor.
        Invalid: an unknown order or kind, or a page that begins nowhere.
    """
    allowed = access.reach(actor, "document:view")
    way = folders.way_to(actor, folder_id, allowed) if folder_id else []
    is_filtered = bool(wanted.kind or wanted.name)
    return FolderPage(
        way=way,
        folders=[] if is_filtered else folders.list_folders(actor, folder_id, allowed),
        page=list_documents(actor, folder_id, allowed, wanted),
        may=access.verbs_at(actor, {folder.id for folder in way}),
    )


def list_documents(actor: Actor, folder_id: UUID | None, allowed: Reach, wanted: Wanted) -> DocumentPage:
    """Return what `documents_in` returns, in the transaction that is open and once the way there is proved."""
    sort, kind, name, limit = wanted.sort, wanted.kind, wanted.name, wanted.limit
    if sort not in {*_COLUMNS, "name"} or (kind and kind not in kinds.KINDS) or limit not in PAGE_SIZES:
        raise Invalid
    rows = Document.objects.filter(client_id=actor.client, trashed_at=None)
    if folder_id is not None:
        rows = rows.filter(folder_id=folder_id)  # the way there proved that all in it is within reach
    elif allowed.whole:
        rows = rows.filter(folder=None)
    else:
        rows = rows.filter(id__in=allowed.things).exclude(folder_id__in=allowed.folders)
    if kind:
        rows = rows.filter(kind=kind)
    if sort == "name" or name:
        found = list(rows.order_by("-changed_at", "-id")[: SORTED_BY_NAME_MOST + 1])
        if len(found) <= SORTED_BY_NAME_MOST:
            return _by_name(found, name, sort)
        return _page(rows, "changed", wanted, is_too_full=True)
    return _page(rows, sort, wanted)


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
    way = [folders.folder_facts(folder) for folder in chain if allowed.whole or folder.id in allowed.folders]
    places = {row.id, *(folder.id for folder in chain)}
    may = access.verbs_at(actor, places)
    is_told = bool(may & {"log:read", "document:share"})
    return DocumentDetails(
        document=document_facts(row),
        way=way,
        versions=versions_of(actor, row.id),
        readers=shares.list_readers(actor, places, row.id) if is_told else [],
        openings=_openings(actor, row.id) if is_told else [],
        shares=access.grants(actor, scope_ids={row.id}) if "document:share" in may else [],
        may=may,
    )


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


def versions_of(actor: Actor, document_id: UUID) -> list[VersionFacts]:
    """Return the versions of a document, newest first, in the transaction that is open."""
    rows = Version.objects.filter(client_id=actor.client, document_id=document_id).select_related("blob")
    return [version_facts(row) for row in rows.order_by("-number")]


def _openings(actor: Actor, document_id: UUID) -> list[EntryFacts]:
    return log.entries(actor, LogFilter(object_id=document_id, events=OPENINGS), limit=20)


def _page(rows: QuerySet[Document], sort: str, wanted: Wanted, *, is_too_full: bool = False) -> DocumentPage:
    """Return the rows after `older` or before `newer`, and where the pages around them begin."""
    column, limit, back = _COLUMNS[sort], wanted.limit, wanted.newer is not None
    if cursor := wanted.newer or wanted.older:
        rows = rows.filter(_beyond(column, cursor, back=back))
    order = (column, "id") if back else (f"-{column}", "-id")
    found = list(rows.order_by(*order)[: limit + 1])
    has_more, found = len(found) > limit, found[:limit]
    if back:
        found.reverse()
    has_newer, has_older = (has_more, True) if back else (wanted.older is not None, has_more)
    return DocumentPage(
        rows=[document_facts(row) for row in found],
        newer=_cursor(found[0], column) if found and has_newer else None,
        older=_cursor(found[-1], column) if found and has_older else None,
        is_too_full=is_too_full,
    )


def _cursor(row: Document, column: str) -> Cursor:
    value = getattr(row, column)
    return Cursor(value.isoformat() if isinstance(value, datetime) else str(value), row.id)


def _beyond(column: str, cursor: Cursor, *, back: bool) -> Q:
    """Return the condition for what comes after a row in the list (or before it, going back)."""
    try:
        value = datetime.fromisoformat(cursor.value) if column == "changed_at" else int(cursor.value)
    except ValueError as error:
        raise Invalid from error
    side = "gt" if back else "lt"
    # The first half alone lets the index begin at the cursor; the second one separates rows that are equal in it.
    return Q(**{f"{column}__{side}e": value}) & (Q(**{f"{column}__{side}": value}) | Q(**{f"id__{side}": cursor.id}))


def _by_name(found: list[Document], part: str, sort: str) -> DocumentPage:
    facts = [document_facts(row) for row in found]
    if part:
        facts = [row for row in facts if part.casefold() in row.name.casefold()]
    if sort == "name":
        facts.sort(key=lambda row: (row.name.casefold(), row.id))
    elif sort == "size":
        facts.sort(key=lambda row: (row.size_bytes, row.id), reverse=True)
    return DocumentPage(rows=facts, is_by_name=True)


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
    )
