"""The form in which messages are written: what it offers, and the file that comes with it."""

from typing import Any, TypeVar
from uuid import UUID

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.portal.conversations import queries
from muniment.portal.conversations.forms import WriteForm
from muniment.portal.conversations.queries import Reader
from muniment.portal.conversations.requests import ActorRequest
from muniment.portal.documents import actions as documents
from muniment.portal.documents import queries as kept

FILE_BYTES = 16 * 2**20
"""It stands in memory while it is sealed; larger ones are uploaded under Documents first."""

OFFERED = 20

Written = TypeVar("Written", bound=WriteForm)


def form_for(request: ActorRequest, kind: type[Written], able: list[Reader] | None = None, **more: Any) -> Written:
    """Return a form for a message, with the documents and people (`able`, if known) that the actor may choose from."""
    actor, is_sent = request.actor, request.method == "POST"
    people = queries.able(actor) if able is None else able
    return kind(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        documents=[(ids.public(row.id), row.name) for row in kept.recent_documents(actor, OFFERED)],
        people=[(ids.public(reader.id), reader.name) for reader in people],
        **more,
    )


def documents_of(actor: Actor, form: WriteForm, beside: UUID | None = None) -> list[UUID]:
    """Return the documents that a valid form brings; the file among them is taken in now, for good.

    It is kept in the folder of the document `beside`, if the conversation is about one; else where the actor may.
    """
    found: list[UUID] = list(form.cleaned_data["document"])
    file = form.cleaned_data["file"]
    if file is not None:
        found.append(_take_in(actor, file, _place(actor, beside)))
    return found


def _place(actor: Actor, beside: UUID | None) -> UUID | None:
    """Return the folder for a file, None for the top.

    Raises:
        NotFound: the actor may add a document nowhere.
    """
    folders = [folder.id for folder, _depth in kept.folder_choices(actor, "document:upload")]
    around = kept.document(actor, beside).folder_id if beside else None
    if around in folders:
        return around
    if kept.may_at_top(actor, "document:upload"):
        return None
    if not folders:
        raise NotFound
    return folders[0]


def _take_in(actor: Actor, file: Any, folder_id: UUID | None) -> UUID:
    upload = documents.begin_upload(actor, name=file.name, size_bytes=file.size, folder_id=folder_id)
    if file.size:
        with documents.receive_chunk(actor, upload_id=upload.id, offset=0, size_bytes=file.size) as receiver:
            for piece in file.chunks():
                receiver.feed(piece)
    return documents.finish_upload(actor, upload_id=upload.id).document_id
