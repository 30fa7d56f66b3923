"""What a glance needs: names for the log, totals of a client, what is new to a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Sum

from muniment.core import clock
from muniment.core.actor import Actor
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


@dataclass(frozen=True)
class Totals:
    """How many documents a person may view in a client, and the size of their newest versions."""

    documents: int
    size_bytes: int


@query
def names(actor: Actor, object_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of those documents and folders among `object_ids` that the actor may view."""
    wanted = set(object_ids)
    if not wanted:
        return {}
    found: dict[UUID, str] = {}
    for document in access.visible(actor, "document:view", Document).filter(id__in=wanted):
        found[document.id] = document.name
    for folder in access.visible(actor, "document:view", Folder).filter(id__in=wanted):
        found[folder.id] = folder.name
    return found


@query
def totals(actor: Actor) -> Totals:
    """Return how much there is for this actor in the client."""
    rows = access.visible(actor, "document:view", Document).filter(trashed_at=None)
    return Totals(rows.count(), rows.aggregate(sum=Sum("size_bytes"))["sum"] or 0)


@query
def new_documents(actor: Actor, limit: int = 10) -> list[DocumentFacts]:
    """Return what somebody else changed in the last 30 days and the actor has not opened since, newest first."""
    since = clock.now() - NEW_FOR
    rows = access.visible(actor, "document:view", Document).filter(trashed_at=None, changed_at__gte=since)
    recent = list(rows.exclude(changed_by=actor.person_id).order_by("-changed_at", "-id")[:GLANCED])
    if not recent or actor.person_id is None:
        return []
    closed = documents.closed_of(actor, [row.id for row in recent])  # nobody can do anything with these yet
    facts = [document_facts(row) for row in recent if row.id not in closed]
    if not facts:
        return []
    new = _unopened(actor, actor.person_id, facts)
    return [row for row in facts if row.id in new][:limit]


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
    opened = log.last_acts(actor, person_id, (Event.DOCUMENT_VIEWED, Event.DOCUMENT_DOWNLOADED), since)
    return {row.id for row in rows if row.id not in opened or opened[row.id] < row.changed_at}
