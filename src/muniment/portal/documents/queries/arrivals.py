"""What came from clients lately, over all of those that somebody of the firm works for: few statements, by the desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.db.prepared import Prepared, among, run
from muniment.core.unit import desk
from muniment.portal.documents.models import Document
from muniment.portal.documents.queries.documents import document_facts
from muniment.portal.documents.queries.overview import NEW_FOR
from muniment.portal.documents.types import DocumentFacts
from muniment.trust.access import queries as access
from muniment.trust.audit import queries as log
from muniment.trust.audit.types import Event

SERVED_WITH = "document:view"
"""What somebody may do in a client whose new documents they are shown."""
MOST = 60
MOST_OF_ONE = 5
LOOKED_AT = 40
_OPENINGS = (Event.DOCUMENT_VIEWED, Event.DOCUMENT_DOWNLOADED)

# Each client's newest are looked at by the index; of what the firm itself put there nothing is new to it. What is in a
# closed folder is left to the page of that client, where it is decided who may see it.
_ARRIVED = """
with recent as materialized (
  select d.id, d.client_id, d.folder_id, d.changed_at
  from unnest(%(places)s::uuid[]) place (id) cross join lateral (
    select * from (
      select id, client_id, folder_id, changed_at, changed_by from document
      where client_id = place.id and trashed_at is null and changed_at >= %(since)s
      order by changed_at desc, id desc limit %(looked_at)s
    ) newest
    where changed_by is null or changed_by <> all(%(firm)s::uuid[]) limit %(most_of_one)s
  ) d
  order by d.changed_at desc, d.id desc limit %(most)s
)
select r.client_id, r.id from recent r where not exists (
  with recursive up as (
    select f.client_id, f.parent_id, f.is_closed from folder f where f.client_id = r.client_id and f.id = r.folder_id
    union all
    select f.client_id, f.parent_id, f.is_closed from folder f
    join up on f.client_id = up.client_id and f.id = up.parent_id
  ) select from up where is_closed
)
"""
# Each reference leads with its client, as the indexes do: Django's own joins would read every version there is.
_MAY_BE_OPENED = """
select v.document_id from unnest(%(client_ids)s::uuid[], %(document_ids)s::uuid[]) w (client_id, id)
join document d on d.client_id = w.client_id and d.id = w.id
join version v on v.client_id = d.client_id and v.document_id = d.id and v.number = d.version_count
join blob b on b.client_id = v.client_id and b.id = v.blob_id where b.verdict in ('clean', 'released')
"""
_NEWEST = """
select place.id, (
  select d.changed_at from document d where d.client_id = place.id and d.trashed_at is null
  order by d.changed_at desc, d.id desc limit 1
) from unnest(%s::uuid[]) place (id)
"""


@dataclass(frozen=True)
class Arrival:
    """A document that a client added or changed, and whether the person has not opened it since."""

    client_id: UUID
    document: DocumentFacts
    is_new: bool


def arrivals(actor: Actor, firm: Iterable[UUID], served: frozenset[UUID] | None = None) -> list[Arrival]:
    """Return what clients of somebody of the firm added in the last 30 days and people may open, newest first.

    At most 60, and 5 of one client. `firm` are the people of the firm, whose own documents are left out. Only clients
    in the whole of which the person may view documents (`served`, if the caller knows it already); what conditions
    close there now is left to the caller.
    """
    if actor.kind != "staff" or actor.person_id is None:
        return []
    places = access.places_with(actor, SERVED_WITH) if served is None else served
    if not places:
        return []
    since = clock.now() - NEW_FOR
    limits = {"looked_at": LOOKED_AT, "most_of_one": MOST_OF_ONE, "most": MOST}
    with desk(actor):
        found = run(_ARRIVED, {"places": list(places), "since": since, "firm": list(firm), **limits})
        if not found:
            return []
        where = {"client_ids": list({client_id for client_id, _id in found}), "document_ids": [one for _, one in found]}
        opened = {one for (one,) in run(_MAY_BE_OPENED, {**where, "client_ids": [client_id for client_id, _ in found]})}
        rows = [row for row in _ROWS(**where) if row.id in opened]
        last = log.last_acts_across(actor, [(row.client_id, row.id) for row in rows], _OPENINGS, since)
        return [
            Arrival(row.client_id, document_facts(row), is_new=row.id not in last or last[row.id] < row.changed_at)
            for row in rows
        ]


def last_changes(actor: Actor, client_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return when a document last changed in these clients of somebody of the firm; one without any is left out."""
    with desk(actor):
        return {client_id: at for client_id, at in run(_NEWEST, [list(client_ids)]) if at is not None}


def _rows(client_ids: list[UUID], document_ids: list[UUID]) -> QuerySet[Document]:
    rows = Document.objects.filter(among("client_id", client_ids), among("id", document_ids))
    return rows.order_by("-changed_at", "-id")


_ROWS = Prepared(_rows)
