"""Documents and versions to choose from, for those who must keep, destroy or bring back what they may not open."""

from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import query
from muniment.portal.documents.models import Document, Version
from muniment.portal.documents.types import DocumentChoice, VersionChoice
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


@query
def version_choices(actor: Actor, verb: str, document_id: UUID) -> tuple[DocumentChoice, list[VersionChoice]]:
    """Return a document of the client, in the trash or not, and its versions, newest first.

    What was destroyed is left out: no backup opens it. Names as in `document_choices`.

    Raises:
        NotFound: there is no such document with a version that still opens, or `actor` may not do `verb` with the
            whole client.
    """
    access.require(actor, verb)
    there = Version.objects.filter(client_id=actor.client, document_id=document_id).exclude(blob__wrapped_key=b"")
    versions = list(there.order_by("-number"))
    if not versions:
        raise NotFound
    row = Document.objects.get(client_id=actor.client, id=document_id)
    is_named = access.visible(actor, "document:view", Document).filter(id=document_id).exists()
    return _choice(row, is_named=is_named), [_version(version) for version in versions]


def _version(row: Version) -> VersionChoice:
    return VersionChoice(row.id, row.number, row.media_type, row.size_bytes, row.added_at, row.added_by)


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
