"""Send a file in one piece, from a browser that runs no scripts."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from muniment.core.actor import Actor
from muniment.portal.documents import actions
from muniment.portal.documents.forms import SendForm
from muniment.portal.documents.requests import ActorRequest
from muniment.portal.documents.types import VersionFacts
from muniment.portal.documents.views.shown import document_url, folder_url
from muniment.trust.access.types import permission

FILE_BYTES = 16 * 2**20
"""It stands in memory while it is sealed; larger ones need the uploads that go in pieces."""


@permission("document:upload")
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: ActorRequest, client_id: UUID) -> HttpResponse:
    """Ask for a file, and make it a document or the next version of one."""
    place = {"folder_id": request.GET.get("in", ""), "document_id": request.GET.get("of", "")}
    is_sent = request.method == "POST"
    form = SendForm(request.POST if is_sent else None, request.FILES if is_sent else None, initial=place)
    if not form.is_valid():
        shown = {"form": form, "most": FILE_BYTES, "back_url": folder_url(client_id, None)}
        return render(request, "documents/send.html", shown, status=422 if form.is_bound else 200)
    given = form.cleaned_data
    folder_id, document_id = given["folder_id"], given["document_id"]
    made = take_in(request.actor, given["file"], folder_id=folder_id, document_id=document_id)
    messages.success(request, _("Uploaded and encrypted."))
    return redirect(document_url(client_id, made.document_id))


def take_in(actor: Actor, file: Any, *, folder_id: UUID | None, document_id: UUID | None = None) -> VersionFacts:
    """Make the file of a form a document in a folder, or the next version of a document."""
    upload = actions.begin_upload(
        actor, name=file.name, size_bytes=file.size, folder_id=folder_id, document_id=document_id
    )
    if file.size:
        with actions.receive_chunk(actor, upload_id=upload.id, offset=0, size_bytes=file.size) as receiver:
            for piece in file.chunks():
                receiver.feed(piece)
    return actions.finish_upload(actor, upload_id=upload.id)


send.file_bytes = FILE_BYTES  # type: ignore[attr-defined] # read by the middleware that bounds bodies
