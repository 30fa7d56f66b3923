"""The form in which messages are written: what it offers, and the file that comes with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound, PortalError
from muniment.portal.conversations import queries
from muniment.portal.conversations.forms import WriteForm
from muniment.portal.conversations.queries import Reader
from muniment.portal.conversations.requests import ActorRequest
from muniment.portal.documents import actions as documents
from muniment.portal.documents import queries as kept
from muniment.portal.documents.errors import NameRefused

OFFERED = 20

Written = TypeVar("Written", bound=WriteForm)


def form_for(request: ActorRequest, kind: type[Written], able: list[Reader] | None = None, **more: Any) -> Written:
    """Return a form for a message, with the documents and people (`able`, if known) that the actor may choose from."""
    actor, is_sent = request.actor, request.method == "POST"
    people = queries.able(actor) if able is None else able
    return kind(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        documents=kept.offered_documents(actor, OFFERED, request.POST.getlist("document")),
        people=[(ids.public(reader.id), reader.name) for reader in people],
        **more,
    )


@contextmanager
def brought(actor: Actor, form: WriteForm, beside: UUID | None = None) -> Iterator[dict[str, Any]]:
    """Give what a valid form brings, as the acts take it; a file that is no document after the block is gone.

    It is kept in the folder of the document `beside`, if the conversation is about one; else where the actor may.
    """
    said, file = form.cleaned_data, form.cleaned_data["file"]
    given = {"body": said["body"], "document_ids": said["document"], "mention_ids": form.mentions()}
    if file is None:
        yield given
        return
    with documents.arriving(
        actor, name=file.name, size_bytes=file.size, pieces=file.chunks(), folder_id=_place(actor, beside)
    ) as upload_id:
        yield given | {"upload_id": upload_id}


def refuse(form: WriteForm, refusal: PortalError) -> None:
    """Say in a form why what it brings was refused, and that a file has to be chosen again."""
    form.add_error("file" if isinstance(refusal, NameRefused) else None, _(refusal.sentence))
    if form.files:
        form.add_error("file", _("Choose the file again: nothing of it was kept."))


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
