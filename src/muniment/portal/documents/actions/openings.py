"""Open documents: to view, to download one, to download many. Each opening leaves an entry."""

from collections.abc import Iterable
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.unit import action, query
from muniment.portal.documents import handles, names
from muniment.portal.documents.errors import NothingChosen, PackTooLarge
from muniment.portal.documents.models import Document, Folder, Version
from muniment.portal.documents.queries.documents import (
    document_facts,
    live_document,
    require_open,
    version_facts,
    version_of,
    vetting_of,
)
from muniment.portal.documents.queries.folders import folder_facts, way_to
from muniment.portal.documents.ranges import Asked
from muniment.portal.documents.types import FolderFacts, Opening, PackedDocument
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event

PACKED_MOST = 1000
"""Documents in one archive."""


@action
def view_document(actor: Actor, *, document_id: UUID, number: int | None = None) -> Opening:
    """Open one version of a document (None: the newest) in the browser.

    The handle in what is returned lets its bytes be fetched for ten minutes.

    Raises:
        NotFound: there is no such version, or the actor may not view it.
        NotVetted, Held: it was not vetted yet, or is not clean.
    """
    document = live_document(actor, "document:view", document_id)
    version = version_of(document, number)
    require_open(version)
    audit.record(actor, Event.DOCUMENT_VIEWED, document, version=version.id, number=version.number)
    return Opening(document_facts(document), version_facts(version), handles.make(actor, version.id))


@query
def open_viewed(actor: Actor, *, document_id: UUID, number: int | None, handle: str) -> Opening | None:
    """Return an opening that goes on, or None when its handle is over or somebody else's.

    It is authorised again, and leaves no second entry.

    Raises:
        NotFound: there is no such version, or the actor may not view it any more.
    """
    document = live_document(actor, "document:view", document_id)
    version = version_of(document, number)
    if not handles.holds(handle, actor, version.id):
        return None
    return Opening(document_facts(document), version_facts(version), handle)


@action
def download_document(
    actor: Actor, *, document_id: UUID, number: int | None = None, asked: Asked | None = None
) -> Opening:
    """Hand out one version of a document (None: the newest), or the range of its bytes that was asked for.

    Each call is a download of its own in the log.

    Raises:
        NotFound: there is no such version, or the actor may not download it.
        NotVetted, Held: it was not vetted yet, or is not clean.
        RangeNotThere: it has no such bytes.
    """
    document = live_document(actor, "document:download", document_id)
    version = version_of(document, number)
    require_open(version)
    wanted = asked.within(version.id, version.size_bytes) if asked else None
    start, end = wanted or (0, version.size_bytes)
    facts = {"version": version.id, "number": version.number, "start": start, "end": end, "size": version.size_bytes}
    audit.record(actor, Event.DOCUMENT_DOWNLOADED, document, **facts)
    return Opening(document_facts(document), version_facts(version), "", wanted)


@action
def pack_documents(
    actor: Actor, *, document_ids: Iterable[UUID] = (), folder_id: UUID | None = None, whole: bool = False
) -> list[PackedDocument]:
    """Hand out documents together: the named ones, all below a folder, or all there are (`whole`).

    Of a folder come the documents that the actor may download; of named ones each must be. Paths inside the
    archive are safe on every system and differ whatever their case. What is not vetted, or not clean, is returned
    too, so that who makes the archive can say what is missing; it cannot be opened.

    Raises:
        NotVetted, Held: a named one, or all there are below the folder, cannot be opened.
        NotFound: a document or the folder is not there, or not for this actor.
        PackTooLarge: there are more than 1,000.
        NothingChosen: nothing was named.
    """
    rows = access.visible(actor, "document:download", Document).filter(trashed_at=None)
    paths: dict[UUID | None, str] = {None: ""}
    wanted = list(dict.fromkeys(document_ids))
    if wanted:
        chosen = [live_document(actor, "document:download", identifier) for identifier in wanted[: PACKED_MOST + 1]]
    elif whole or folder_id is not None:
        paths = _paths_below(actor, folder_id)
        if folder_id is not None:
            rows = rows.filter(folder_id__in=[identifier for identifier in paths if identifier])
        chosen = list(rows.order_by("id")[: PACKED_MOST + 1])
    else:
        raise NothingChosen
    if len(chosen) > PACKED_MOST:
        raise PackTooLarge
    folder = Folder.objects.get(client_id=actor.client, id=folder_id) if folder_id else None
    newest = _newest(actor, chosen)
    left_out = [version for version in newest.values() if not vetting_of(version).is_open]
    if left_out and (wanted or len(left_out) == len(newest)):
        require_open(left_out[0])
    packed = [document.id for document in chosen if vetting_of(newest[document.id]).is_open]
    audit.record(actor, Event.DOCUMENTS_PACKED, folder, documents=packed)
    return _packed(actor, chosen, newest, paths)


def _newest(actor: Actor, chosen: list[Document]) -> dict[UUID, Version]:
    rows = Version.objects.filter(client_id=actor.client, document__in=[document.id for document in chosen])
    return {version.document_id: version for version in rows.select_related("blob").order_by("number")}


def _packed(
    actor: Actor, chosen: list[Document], newest: dict[UUID, Version], paths: dict[UUID | None, str]
) -> list[PackedDocument]:
    """Return documents with their newest versions and their places, an entry written for each that can be opened."""
    taken: dict[str, set[str]] = {}
    found = []
    for document in chosen:
        version = newest[document.id]
        folder = paths.get(document.folder_id, "")
        name = names.distinct(names.for_archive(document.name), taken.setdefault(folder, set()))
        if vetting_of(version).is_open:
            facts = {"version": version.id, "number": version.number, "start": 0, "end": version.size_bytes}
            audit.record(actor, Event.DOCUMENT_DOWNLOADED, document, size=version.size_bytes, packed=True, **facts)
        found.append(PackedDocument(folder + name, document_facts(document), version_facts(version)))
    return found


def _paths_below(actor: Actor, folder_id: UUID | None) -> dict[UUID | None, str]:
    """Return the path of a folder (its own name, or nothing for the top) and of every folder below it."""
    allowed = access.reach(actor, "document:download")
    rows = access.limited(Folder.objects.filter(client_id=actor.client, trashed_at=None), allowed)
    inside: dict[UUID | None, list[FolderFacts]] = {}
    known = {row.id: folder_facts(row) for row in rows}
    for row in known.values():
        inside.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)
    if folder_id is None:
        paths: dict[UUID | None, str] = {None: ""}
    else:
        here = way_to(actor, folder_id, allowed)[-1]
        paths = {folder_id: names.for_archive(here.name) + "/"}
    stack = [folder_id]
    while stack:
        place = stack.pop()
        taken: set[str] = set()
        for row in sorted(inside.get(place, []), key=lambda row: row.id):
            paths[row.id] = paths[place] + names.distinct(names.for_archive(row.name), taken) + "/"
            stack.append(row.id)
    return paths
