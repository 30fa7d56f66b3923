"""Read uploads: only ever one's own."""

from uuid import UUID

from django.db.models import QuerySet

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import query
from muniment.portal.documents.errors import UploadOver
from muniment.portal.documents.models import Document, Folder, Upload
from muniment.portal.documents.types import UploadFacts
from muniment.trust.access import queries as access


@query
def upload(actor: Actor, upload_id: UUID) -> UploadFacts:
    """Return one of the actor's own uploads that can be gone on with, or that is finished.

    Decided anew at every call: the grant still runs, the place is still there, nothing has expired.

    Raises:
        NotFound: there is no such upload, it is another person's, or its place is no longer the actor's.
        UploadOver: it was cancelled, has expired, or was begun before the person's sign-in changed.
    """
    return upload_facts(own_upload(actor, upload_id))


@query
def unfinished_uploads(actor: Actor) -> list[UploadFacts]:
    """Return the actor's own uploads that can still be gone on with, newest first."""
    rows = unfinished_of(actor).select_related("blob").order_by("-id")
    begun = actor.credentials_changed_at
    return [upload_facts(row) for row in rows if begun is None or row.created_at >= begun]


@query
def finished_uploads(actor: Actor) -> list[UploadFacts]:
    """Return what the actor has sent and is here, newest first; at most 100."""
    if actor.person_id is None:
        return []
    rows = Upload.objects.filter(client_id=actor.client, person_id=actor.person_id).exclude(finished_at=None)
    return [upload_facts(row) for row in rows.select_related("blob").order_by("-id")[:100]]


def unfinished_of(actor: Actor) -> QuerySet[Upload]:
    """Return the rows of the uploads that the actor began and can still go on with.

    Raises:
        NotFound: the actor is nobody: the portal itself uploads nothing.
    """
    if actor.person_id is None:
        raise NotFound
    rows = Upload.objects.filter(client_id=actor.client, person_id=actor.person_id, expires_at__gt=clock.now())
    return rows.filter(finished_at=None, cancelled_at=None)


def own_upload(actor: Actor, upload_id: UUID) -> Upload:
    """Return the row of an upload after deciding everything that `upload` decides."""
    row = Upload.objects.filter(client_id=actor.client, id=upload_id).select_related("blob").first()
    if row is None or row.person_id != actor.person_id:
        raise NotFound
    if row.finished_at is None:
        _refuse_over(actor, row)
    require_place(actor, row.folder_id, row.document_id)
    return row


def require_place(actor: Actor, folder_id: UUID | None, document_id: UUID | None) -> None:
    """Insist that the actor may add documents to a folder (None: the top), or versions to a document.

    Raises:
        NotFound: it is not there, it is in the trash, or it is not for this actor.
    """
    place: Document | Folder
    if document_id is not None:
        place = access.find(actor, "document:upload", Document, document_id)
    elif folder_id is not None:
        place = access.find(actor, "document:upload", Folder, folder_id)
    else:
        access.require(actor, "document:upload")
        return
    if place.trashed_at is not None:
        raise NotFound


def _refuse_over(actor: Actor, row: Upload) -> None:
    began_before = actor.credentials_changed_at is not None and row.created_at < actor.credentials_changed_at
    if row.cancelled_at is not None or row.expires_at <= clock.now() or began_before:
        raise UploadOver


def upload_facts(row: Upload) -> UploadFacts:
    """Return an upload, with its blob loaded beside it, as a value."""
    return UploadFacts(
        id=row.id,
        blob_id=row.blob_id,
        name=row.name,
        folder_id=row.folder_id,
        document_id=row.document_id,
        size_bytes=row.blob.size_bytes,
        received_bytes=row.blob.received_bytes,
        created_at=row.created_at,
        expires_at=row.expires_at,
        is_finished=row.finished_at is not None,
    )
