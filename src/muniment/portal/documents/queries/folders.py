"""Read folders: what lies in one, and the way to it."""

from collections.abc import Iterable
from typing import cast
from uuid import UUID

from django.db import connection
from django.db.models import Q

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import query
from muniment.portal.documents.models import Document, Folder
from muniment.portal.documents.types import COUNT_MOST, FolderFacts, FolderPlace
from muniment.trust.access import queries as access
from muniment.trust.access.types import Label, Reach

FOLDERS_MOST = 1000
"""Most folders that one page lists; their names are sealed, so they are sorted after opening."""

_WAY = (
    "with recursive up as (select f.*, 0 as level from folder f where f.client_id = %s and f.id = %s "
    "union all select f.*, up.level + 1 from folder f join up on f.client_id = up.client_id and f.id = up.parent_id) "
    "select * from up order by level desc"
)
_BELOW = (
    "with recursive below as (select id from folder where client_id = %s and id = %s union all "
    "select f.id from folder f join below on f.client_id = %s and f.parent_id = below.id) select id from below"
)
_COUNTS = (
    "select f.id, (select count(*) from (select 1 from document d where d.client_id = %s and d.folder_id = f.id "
    "and d.trashed_at is null limit %s) some_documents), (select count(*) from (select 1 from folder i "
    "where i.client_id = %s and i.parent_id = f.id and i.trashed_at is null limit %s) some_folders) "
    "from unnest(%s::uuid[]) f (id)"
)


@query
def folders_in(actor: Actor, folder_id: UUID | None = None) -> list[FolderFacts]:
    """Return the folders in a folder (None: the top) by name, with counts, as far as the actor may view them.

    At the top stands whatever the actor may reach, wherever it lies: who was given one folder deep down
    finds it there.
    """
    return list_folders(actor, folder_id, access.reach(actor, "document:view"))


@query
def folder_place(actor: Actor, folder_id: UUID | None) -> FolderPlace:
    """Return a folder and the way to it from the top, itself excluded; cut where the actor's reach begins.

    Raises:
        NotFound: there is no such folder, it is in the trash, or it is not for this actor.
    """
    if folder_id is None:
        return FolderPlace(here=None, way=[])
    allowed = access.reach(actor, "document:view")
    *way, here = way_to(actor, folder_id, allowed)
    return FolderPlace(here=here, way=way)


@query
def folder_choices(actor: Actor, verb: str, without: UUID | None = None) -> list[tuple[FolderFacts, int]]:
    """Return the folders in which `verb` is allowed, in the order of a tree, each with its depth.

    `without` leaves out one folder and all below it: a folder cannot be moved into itself.
    """
    rows = live_folders(actor, access.reach(actor, verb))
    inside: dict[UUID | None, list[FolderFacts]] = {}
    known = {row.id for row in rows}
    for row in rows:
        inside.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)
    found: list[tuple[FolderFacts, int]] = []
    stack = [(row, 0) for row in by_name(inside.get(None, []), reverse=True)]
    while stack:
        row, depth = stack.pop()
        if row.id == without:
            continue
        found.append((row, depth))
        stack += [(inner, depth + 1) for inner in by_name(inside.get(row.id, []), reverse=True)]
    return found


@query
def may_at_top(actor: Actor, verb: str) -> bool:
    """Return whether `verb` is allowed at the top, which takes a grant on the whole client."""
    return access.reach(actor, verb).whole


@query
def count_below(actor: Actor, folder_id: UUID) -> int:
    """Return how many documents lie in a folder and all folders below it, as far as the actor may view them."""
    below = {folder_id}
    rows = live_folders(actor, access.reach(actor, "document:view"))
    inside: dict[UUID | None, list[UUID]] = {}
    for row in rows:
        inside.setdefault(row.parent_id, []).append(row.id)
    stack = [folder_id]
    while stack:
        inner = inside.get(stack.pop(), [])
        below.update(inner)
        stack += inner
    documents = access.visible(actor, "document:view", Document).filter(trashed_at=None)
    return documents.filter(folder_id__in=below).count()


def list_folders(actor: Actor, folder_id: UUID | None, allowed: Reach) -> list[FolderFacts]:
    """Return what `folders_in` returns, in the transaction that is open."""
    rows = access.limited(Folder.objects.filter(client_id=actor.client, trashed_at=None), allowed)
    if folder_id is not None:
        rows = rows.filter(parent_id=folder_id)
    elif allowed.whole:  # and those opened inside of what is closed, which cannot be reached by the way there
        rows = rows.filter(Q(parent=None) | Q(parent_id__in=allowed.without))
    else:
        rows = rows.exclude(parent_id__in=allowed.folders)
    found = list(rows.order_by("id")[:FOLDERS_MOST])
    counts = _counts(actor, [row.id for row in found])
    return by_name([folder_facts(row, *counts.get(row.id, (0, 0))) for row in found])


def live_folders(actor: Actor, allowed: Reach) -> list[FolderFacts]:
    """Return every folder within reach that is not in the trash, in no order."""
    rows = access.limited(Folder.objects.filter(client_id=actor.client, trashed_at=None), allowed)
    return [folder_facts(row) for row in rows]


def way_to(actor: Actor, folder_id: UUID, allowed: Reach) -> list[FolderFacts]:
    """Return the folders from the first one within reach down to `folder_id`.

    Raises:
        NotFound: there is no such folder, it is in the trash, or it is out of reach.
    """
    return way_down(chain_to(actor, folder_id), folder_id, allowed)


def way_down(chain: list[Folder], folder_id: UUID, allowed: Reach) -> list[FolderFacts]:
    """Return what `way_to` returns, of all folders from the top down to `folder_id`."""
    if not chain or any(row.trashed_at for row in chain):
        raise NotFound
    seen = [folder_facts(row) for row in chain if allowed.holds(row.id) and row.label in allowed.labels]
    if not seen or seen[-1].id != folder_id:
        raise NotFound
    return seen


def chain_to(actor: Actor, folder_id: UUID | None) -> list[Folder]:
    """Return the folders from the top down to `folder_id`, itself included; empty for the top."""
    if folder_id is None:
        return []
    return list(Folder.objects.raw(_WAY, [actor.client, folder_id]))


def ids_below(actor: Actor, folder_id: UUID) -> list[UUID]:
    """Return a folder and every folder inside it, however deep, the trash included."""
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, [actor.client, folder_id, actor.client])
        return [identifier for (identifier,) in cursor.fetchall()]


def by_name(rows: Iterable[FolderFacts], *, reverse: bool = False) -> list[FolderFacts]:
    """Return folders in the order of their names, whatever the case; equal names by age."""
    return sorted(rows, key=lambda row: (row.name.casefold(), row.id), reverse=reverse)


def folder_facts(row: Folder, documents: int = 0, folders: int = 0) -> FolderFacts:
    """Return a folder as a value."""
    return FolderFacts(
        id=row.id,
        name=row.name,
        parent_id=row.parent_id,
        created_at=row.created_at,
        trashed_at=row.trashed_at,
        trashed_by=row.trashed_by,
        documents=documents,
        folders=folders,
        label=cast("Label", row.label),
        is_closed=row.is_closed,
    )


def _counts(actor: Actor, folder_ids: list[UUID]) -> dict[UUID, tuple[int, int]]:
    if not folder_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [actor.client, COUNT_MOST, actor.client, COUNT_MOST, folder_ids])
        return {folder_id: (documents, folders) for folder_id, documents, folders in cursor.fetchall()}
