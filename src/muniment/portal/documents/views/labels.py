"""Ask how guarded a document or folder is, and set it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from muniment.portal.documents import actions, queries
from muniment.portal.documents.label_forms import LabelForm
from muniment.portal.documents.requests import ActorRequest
from muniment.portal.documents.types import Target
from muniment.portal.documents.views.shown import document_url, folder_url, newly_shown
from muniment.trust.access.types import permission


@permission("label:set")
@require_http_methods(["GET", "HEAD", "POST"])
def label(request: ActorRequest, client_id: UUID, document_id: UUID) -> HttpResponse:
    """Ask for the label of a document, and set it."""
    return _label(request, "document", document_id, document_url(client_id, document_id))


@permission("label:set")
@require_http_methods(["GET", "HEAD", "POST"])
def label_folder(request: ActorRequest, client_id: UUID, folder_id: UUID) -> HttpResponse:
    """Ask for the label of a folder, and set it."""
    return _label(request, "folder", folder_id, folder_url(client_id, folder_id))


def _label(request: ActorRequest, target: Target, target_id: UUID, back: str) -> HttpResponse:
    thing = queries.labelled(request.actor, target, target_id)
    form = LabelForm(
        request.POST or None,
        initial={"label": thing.label},
        least=thing.least,
        is_firm=request.actor.kind == "staff",
        is_folder=target == "folder",
    )
    context: dict[str, Any] = {"form": form, "name": thing.name, "is_folder": target == "folder", "back_url": back}
    if request.method != "POST" or not form.is_valid():
        return render(request, "documents/label.html", context, status=422 if form.is_bound else 200)
    chosen = form.cleaned_data
    values: dict[str, Any] = {"label": chosen["label"], "with_all": chosen.get("with_all", False)}
    newly = queries.newly_by_label(request.actor, target, target_id, **values)
    if newly and not chosen["widen"]:
        return render(request, "documents/label.html", context | {"newly": newly_shown(newly)}, status=422)
    actions.set_label(request.actor, target=target, target_id=target_id, widen=chosen["widen"], **values)
    messages.success(request, _("It has its label."))
    return redirect(back)
