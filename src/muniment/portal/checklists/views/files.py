"""Files for an item from a browser that runs no scripts, and taking one away."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from muniment.core.errors import NotFound
from muniment.portal.checklists import actions, queries
from muniment.portal.checklists.forms import FileForm
from muniment.portal.checklists.requests import ActorRequest
from muniment.portal.checklists.views.shown import url
from muniment.portal.documents import actions as documents
from muniment.portal.documents.types import FORM_FILE_BYTES
from muniment.trust.access.types import permission


@permission("checklist:answer")
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: ActorRequest, client_id: UUID, item_id: UUID) -> HttpResponse:
    """Ask for a file, and take it in one piece."""
    asked = queries.item(request.actor, item_id)
    is_sent = request.method == "POST"
    form = FileForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    back = url("item", client_id, item_id=item_id)
    if not form.is_valid():
        context = {"form": form, "title": asked.title, "most": FORM_FILE_BYTES, "back_url": back}
        return render(request, "checklists/send_file.html", context, status=422 if form.is_bound else 200)
    file, actor = form.cleaned_data["file"], request.actor
    upload = actions.begin_file(actor, item_id=item_id, name=file.name, size_bytes=file.size)
    if file.size:
        with documents.receive_chunk(actor, upload_id=upload.id, offset=0, size_bytes=file.size) as receiver:
            for piece in file.chunks():
                receiver.feed(piece)
    documents.finish_upload(actor, upload_id=upload.id)
    messages.success(request, _("Uploaded and encrypted."))
    return redirect(back)


@permission("checklist:answer")
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: ActorRequest, client_id: UUID, item_id: UUID, file_id: UUID) -> HttpResponse:
    """Ask once, and take a file away from an item, into the trash."""
    page = queries.item_page(request.actor, item_id)
    found = next((file for file in page.files if file.id == file_id), None)
    if found is None:
        raise NotFound
    back = url("item", client_id, item_id=item_id)
    if request.method != "POST":
        return render(request, "checklists/remove_file.html", {"name": found.name, "back_url": back})
    actions.remove_file(request.actor, item_id=item_id, file_id=file_id)
    messages.success(request, _("It is in the trash and can be taken back."))
    return redirect(back)


send.file_bytes = FORM_FILE_BYTES  # type: ignore[attr-defined] # read by the middleware that bounds bodies
