"""Read the trash."""

from django.db.models import F, Q

from muniment.core.actor import Actor
from muniment.core.unit import query
from muniment.portal.documents.models import Document, Folder
from muniment.portal.documents.queries.documents import document_facts
from muniment.portal.documents.queries.folders import folder_facts
from muniment.portal.documents.types import Trash
from muniment.trust.access import queries as access

PAGE = 100


@query
def trash(actor: Actor, *, page: int = 1) -> Trash:
    """Return what the actor may restore, newest first: a page of 100 documents and folders.

    What went into the trash inside a folder comes back with that folder, and is not listed by itself.
    """
    documents = access.visible(actor, "document:restore", Document).exclude(trashed_at=None)
    documents = documents.filter(Q(folder=None) | Q(folder__trashed_at=None) | ~Q(folder__trashed_at=F("trashed_at")))
    folders = access.visible(actor, "folder:restore", Folder).exclude(trashed_at=None)
    folders = folders.filter(Q(parent=None) | Q(parent__trashed_at=None) | ~Q(parent__trashed_at=F("trashed_at")))
    start, end = (page - 1) * PAGE, page * PAGE
    rows: list[Folder | Document] = [
        *folders.order_by("-trashed_at", "-id")[: end + 1],
        *documents.order_by("-trashed_at", "-id")[: end + 1],
    ]
    rows.sort(key=lambda row: (row.trashed_at, row.id), reverse=True)
    shown = [folder_facts(row) if isinstance(row, Folder) else document_facts(row) for row in rows[start:end]]
    return Trash(shown, has_more=len(rows) > end)
