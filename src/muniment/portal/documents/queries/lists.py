"""Lists of documents that cost the same however many there are."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from muniment.core.actor import Actor
from muniment.core.errors import Invalid
from muniment.core.unit import query
from muniment.portal.documents import kinds
from muniment.portal.documents.models import Document
from muniment.portal.documents.queries import documents, folders, overview
from muniment.portal.documents.queries.documents import document_facts
from muniment.portal.documents.types import (
    PAGE_SIZES,
    Cursor,
    DocumentPage,
    FolderPage,
    Sort,
    Wanted,
)
from muniment.trust.access import queries as access
from muniment.trust.access.types import Reach

SORTED_BY_NAME_MOST = 1000
"""In a folder with more documents names are not sorted: they are sealed, and opening them all costs."""

_COLUMNS = {"changed": "changed_at", "size": "size_bytes"}


@query
def documents_in(
    actor: Actor,
    folder_id: UUID | None = None,
    *,
    sort: Sort = "changed",
    kind: str = "",
    older: Cursor | None = None,
    newer: Cursor | None = None,
    limit: int = PAGE_SIZES[0],
) -> DocumentPage:
    """Return one page of the documents in a folder (None: the top) that the actor may view.

    Newest or largest first. With `sort="name"` all names of the folder are opened and the page holds every document,
    unless there are more than 1,000: then `is_too_full`, by time.
    At the top of somebody who was given single documents, those stand too, wherever they lie.

    Raises:
        NotFound: there is no such folder, or it is not for this actor.
        Invalid: an unknown order or kind, or a page that begins nowhere.
    """
    allowed = access.reach(actor, "document:view")
    if folder_id is not None:
        folders.way_to(actor, folder_id, allowed)
    return list_documents(actor, folder_id, allowed, Wanted(sort, kind, older, newer, limit))


@query
def folder_page(actor: Actor, folder_id: UUID | None, wanted: Wanted) -> FolderPage:
    """Return all that the page of a folder (None: the top) shows, in one transaction.

    Raises:
        NotFound: there is no such folder, or it is not for this actor.
        Invalid: an unknown order or kind, or a page that begins nowhere.
    """
    allowed = access.reach(actor, "document:view")
    chain = folders.chain_to(actor, folder_id)  # with what is closed to the actor: it keeps grants out all the same
    way = folders.way_down(chain, folder_id, allowed) if folder_id else []
    page = list_documents(actor, folder_id, allowed, wanted)
    return FolderPage(
        way=way,
        folders=[] if wanted.kind else folders.list_folders(actor, folder_id, allowed),
        page=page,
        new=overview.new_of(actor, page.rows),
        closed=documents.closed_of(actor, [row.id for row in page.rows]),
        may=access.verbs_at(actor, {folder.id for folder in chain}),
    )


def list_documents(actor: Actor, folder_id: UUID | None, allowed: Reach, wanted: Wanted) -> DocumentPage:
    """Return what `documents_in` returns, in the transaction that is open and once the way there is proved."""
    sort, kind, limit = wanted.sort, wanted.kind, wanted.limit
    if sort not in {*_COLUMNS, "name"} or (kind and kind not in kinds.KINDS) or limit not in PAGE_SIZES:
        raise Invalid
    rows = Document.objects.filter(client_id=actor.client, trashed_at=None)
    if folder_id is not None:  # the way there proved that all in it is within reach, but for labels
        allowed = replace(allowed, whole=True, without=frozenset())
    rows = access.limited(rows, allowed)
    if folder_id is not None:
        rows = rows.filter(folder_id=folder_id)
    elif allowed.whole:
        rows = rows.filter(Q(folder=None) | Q(folder_id__in=allowed.without))
    else:
        rows = rows.filter(id__in=allowed.things).exclude(folder_id__in=allowed.folders)
    if kind:
        rows = rows.filter(kind=kind)
    if sort == "name":
        found = list(rows.order_by("-changed_at", "-id")[: SORTED_BY_NAME_MOST + 1])
        if len(found) <= SORTED_BY_NAME_MOST:
            return _by_name(found)
        return _page(rows, "changed", wanted, is_too_full=True)
    return _page(rows, sort, wanted)


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


def _by_name(found: list[Document]) -> DocumentPage:
    facts = sorted((document_facts(row) for row in found), key=lambda row: (row.name.casefold(), row.id))
    return DocumentPage(rows=facts, is_by_name=True)
