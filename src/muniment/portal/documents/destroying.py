"""What the destruction of a document's key means for its rows."""

from uuid import UUID

from muniment.core import clock
from muniment.portal.documents.models import Document, Version
from muniment.trust.vault import actions as vault


def blobs_of(client_id: UUID, document_id: UUID) -> list[UUID]:
    """Return the blobs of every version of a document of the bound client; empty if there is none."""
    rows = Version.objects.filter(client_id=client_id, document_id=document_id)
    return list(rows.order_by("number").values_list("blob_id", flat=True))


def mark(client_id: UUID, document_id: UUID) -> None:
    """Overwrite the name of a document of the bound client, put it away and out of the search.

    Its versions say that they were there.
    """
    document = Document.objects.filter(client_id=client_id, id=document_id).first()
    if document is not None:
        document.name, document.trashed_at = "(destroyed)", document.trashed_at or clock.now()
        document.save(update_fields=["name", "trashed_at"])
        vault.index.take_out(client_id, [document_id])
