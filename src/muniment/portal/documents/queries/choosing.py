"""Documents to choose from, for those who must keep or destroy what they may not open."""

from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.unit import query
from muniment.portal.documents.models import Document, Version
from muniment.portal.documents.types import DocumentChoice
from muniment.trust.access import queries as access

PAGE = 25


@query
def document_choices(
    actor: Actor, verb: str, *, document_id: UUID | None = None, page: int = 1
) -> tuple[list[DocumentChoice], bool]:
    """Return a page of 25 documents of the client, the trash included, newest first, and whether there are more.

    Only `verb` on the whole client is asked for. Names are content: they are told to who may open the document.
    What was destroyed is left out; `document_id` narrows to one.

    Raises:
        NotFound: `actor` may not do `verb` with the whole client.
    """
    access.require(actor, verb)
    there = Version.objects.filter(client_id=actor.client).exclude(blob__wrapped_key=b"").values("document_id")
    rows = Document.objects.filter(client_id=actor.client, id__in=there).order_by("-created_at", "-id")
    if document_id is not None:
        rows = rows.filter(id=document_id)
    start = (page - 1) * PAGE
    found = list(rows[start : start + PAGE + 1])
    shown = found[:PAGE]
    named = access.visible(actor, "document:view", Document).filter(id__in=[row.id for row in shown])
    may_open = set(named.values_list("id", flat=True))
    return [_choice(row, is_named=row.id in may_open) for row in shown], len(found) > PAGE


def _choice(row: Document, *, is_named: bool) -> DocumentChoice:
    return DocumentChoice(
        id=row.id,
        name=row.name if is_named else "",  # opened only where it is read
        media_type=row.media_type,
        size_bytes=row.size_bytes,
        created_at=row.created_at,
        created_by=row.created_by,
        is_trashed=row.trashed_at is not None,
    )
