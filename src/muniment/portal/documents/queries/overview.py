"""What a glance needs: names for the log, totals of a client, what is new to a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.db.prepared import Prepared, among
from muniment.core.unit import query
from muniment.portal.documents.models import Document, Folder
from muniment.portal.documents.queries import documents
from muniment.portal.documents.queries.documents import document_facts
from muniment.portal.documents.types import DocumentFacts
from muniment.trust.access import queries as access
from muniment.trust.audit import queries as log
from muniment.trust.audit.types import Event

NEW_FOR = timedelta(days=30)
GLANCED = 200
NEWEST = 6
_OPENINGS = (Event.DOCUMENT_VIEWED, Event.DOCUMENT_DOWNLOADED)


@dataclass(frozen=True)
class Totals:
    """How many documents a person may view in a client, and the size of their newest versions."""

    documents: int
    size_bytes: int


@query
def names(actor: Actor, object_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of those documents and folders among `object_ids` that the actor may view."""
    wanted = list(set(object_ids))
    if not wanted:
        return {}
    allowed, rows = access.reach(actor, "document:view"), list[Document | Folder]()
    if allowed.whole:
        asked = {"client_id": actor.client, "ids": wanted, **access.said(allowed)}
        rows += [*_DOCUMENTS(**asked), *_FOLDERS(**asked)]
    else:
        rows += access.limited(Document.objects.filter(client_id=actor.client, id__in=wanted), allowed)
        rows += access.limited(Folder.objects.filter(client_id=actor.client, id__in=wanted), allowed)
    return {row.id: row.name for row in rows}


def _documents(
    client_id: UUID, ids: list[UUID], labels: list[str], without: list[UUID], things: list[UUID]
) -> QuerySet[Document]:
    rows = Document.objects.filter(among("id", ids), client_id=client_id)
    return access.limited_whole(rows, labels, without, things)


def _folders(client_id: UUID, ids: list[UUID], labels: list[str], without: list[UUID]) -> QuerySet[Folder]:
    return access.limited_whole(Folder.objects.filter(among("id", ids), client_id=client_id), labels, without)


_DOCUMENTS, _FOLDERS = Prepared(_documents), Prepared(_folders)


@query
def viewable(actor: Actor, document_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Return those of some documents outside the trash that the actor may view; no name is opened."""
    wanted = set(document_ids)
    if not wanted:
        return frozenset()
    rows = access.visible(actor, "document:view", Document).filter(trashed_at=None, id__in=wanted)
    return frozenset(rows.values_list("id", flat=True))


@query
def totals(actor: Actor) -> Totals:
    """Return how much there is for this actor in the client."""
    rows = access.visible(actor, "document:view", Document).filter(trashed_at=None)
    return Totals(rows.count(), rows.aggregate(sum=Sum("size_bytes"))["sum"] or 0)


@query
def newest_documents(actor: Actor) -> list[DocumentFacts]:
    """Return the six documents that changed last and that the actor may view, newest first."""
    allowed = access.reach(actor, "document:view")
    if allowed.whole:
        rows = _NEWEST(client_id=actor.client, **access.said(allowed))
    else:
        rows = list(_last_changed(access.limited(Document.objects.filter(client_id=actor.client), allowed)))
    return [document_facts(row) for row in rows]


def _newest(client_id: UUID, labels: list[str], without: list[UUID], things: list[UUID]) -> QuerySet[Document]:
    rows = Document.objects.filter(client_id=client_id)
    return _last_changed(access.limited_whole(rows, labels, without, things))


def _last_changed(rows: QuerySet[Document]) -> QuerySet[Document]:
    return rows.filter(trashed_at=None).order_by("-changed_at", "-id")[:NEWEST]


_NEWEST = Prepared(_newest)


@query
def new_documents(actor: Actor, limit: int = 10) -> list[DocumentFacts]:
    """Return what somebody else changed in the last 30 days and the actor has not opened since, newest first."""
    if actor.person_id is None:
        return []
    since, allowed = clock.now() - NEW_FOR, access.reach(actor, "document:view")
    if allowed.whole:
        asked = {"client_id": actor.client, "person_id": actor.person_id, "since": since}
        recent = _RECENT(**asked, **access.said(allowed))
    else:
        recent = list(_glanced(access.limited(_by_others(actor.client, actor.person_id, since), allowed)))
    if not recent:
        return []
    opened = log.last_acts(actor, actor.person_id, _OPENINGS, recent[-1][1])
    new = [row_id for row_id, changed_at in recent if row_id not in opened or opened[row_id] < changed_at]
    closed = documents.closed_of(actor, new)  # nobody can do anything with these yet
    shown = [row_id for row_id in new if row_id not in closed][:limit]
    return [document_facts(row) for row in _SHOWN(client_id=actor.client, document_ids=shown)] if shown else []


def _by_others(client_id: UUID, person_id: UUID, since: datetime) -> QuerySet[Document]:
    rows = Document.objects.filter(client_id=client_id, trashed_at=None, changed_at__gte=since)
    return rows.exclude(changed_by=person_id)


def _glanced(rows: QuerySet[Document]) -> QuerySet[Document, Any]:
    return rows.order_by("-changed_at", "-id").values_list("id", "changed_at")[:GLANCED]


def _recent(
    client_id: UUID, person_id: UUID, since: datetime, labels: list[str], without: list[UUID], things: list[UUID]
) -> QuerySet[Document, Any]:
    rows = _by_others(client_id, person_id, since)
    return _glanced(access.limited_whole(rows, labels, without, things))


def _shown(client_id: UUID, document_ids: list[UUID]) -> QuerySet[Document]:
    return Document.objects.filter(among("id", document_ids), client_id=client_id).order_by("-changed_at", "-id")


_RECENT, _SHOWN = Prepared(_recent), Prepared(_shown)


@query
def unopened(actor: Actor, rows: list[DocumentFacts]) -> set[UUID]:
    """Return the ids of those documents that others changed in the last 30 days and the actor has not opened since."""
    return new_of(actor, rows)


def new_of(actor: Actor, rows: list[DocumentFacts]) -> set[UUID]:
    """Return what `unopened` returns, in the transaction that is open."""
    since = clock.now() - NEW_FOR
    recent = [row for row in rows if row.changed_at >= since and row.changed_by != actor.person_id]
    if not recent or actor.person_id is None:
        return set()
    return _unopened(actor, actor.person_id, recent)


def _unopened(actor: Actor, person_id: UUID, rows: list[DocumentFacts]) -> set[UUID]:
    since = min(row.changed_at for row in rows)
    opened = log.last_acts(actor, person_id, _OPENINGS, since)
    return {row.id for row in rows if row.id not in opened or opened[row.id] < row.changed_at}
