"""Share a document or a folder, see what a share leads to, and end it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from muniment.core.errors import NotFound
from muniment.portal.documents import actions, queries
from muniment.portal.documents.forms import ShareForm
from muniment.portal.documents.requests import ActorRequest
from muniment.portal.documents.types import Target
from muniment.portal.documents.views.readers import readers_shown, reason, receiver
from muniment.portal.documents.views.shown import document_url, folder_url, people_of, receipt_url
from muniment.trust.access.types import GrantFacts, permission
from muniment.trust.clients import queries as clients


@permission("document:share")
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: ActorRequest, client_id: UUID, document_id: UUID) -> HttpResponse:
    """Ask with whom, for what, until when and why a document is shared; and share it."""
    return _share(request, client_id, "document", document_id)


@permission("document:share")
@require_http_methods(["GET", "HEAD", "POST"])
def share_folder(request: ActorRequest, client_id: UUID, folder_id: UUID) -> HttpResponse:
    """Ask with whom, for what, until when and why a folder is shared; and share it."""
    return _share(request, client_id, "folder", folder_id)


@permission("document:share")
@require_safe
def preview(request: ActorRequest, client_id: UUID, document_id: UUID) -> HttpResponse:  # noqa: ARG001 - of every address
    """Show who will be able to open a document once the share being typed is given."""
    return _preview(request, "document", document_id)


@permission("document:share")
@require_safe
def preview_folder(request: ActorRequest, client_id: UUID, folder_id: UUID) -> HttpResponse:  # noqa: ARG001 - of every address
    """Show who will be able to open a folder once the share being typed is given."""
    return _preview(request, "folder", folder_id)


@permission("document:share")
@require_http_methods(["GET", "HEAD", "POST"])
def end_share(request: ActorRequest, client_id: UUID, document_id: UUID, grant_id: UUID) -> HttpResponse:
    """Ask once, and end a share of a document."""
    return _end(request, client_id, "document", document_id, grant_id)


@permission("document:share")
@require_http_methods(["GET", "HEAD", "POST"])
def end_share_of_folder(request: ActorRequest, client_id: UUID, folder_id: UUID, grant_id: UUID) -> HttpResponse:
    """Ask once, and end a share of a folder."""
    return _end(request, client_id, "folder", folder_id, grant_id)


def _share(request: ActorRequest, client_id: UUID, target: Target, target_id: UUID) -> HttpResponse:
    name, back = queries.shared_name(request.actor, target, target_id), _back(client_id, target, target_id)
    asks = request.GET.get("preview") == "1"
    data = request.POST if request.method == "POST" else request.GET if asks else None
    form = _form(request, target, target_id, data)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        values: dict[str, Any] = {
            "person_id": given["reader"].person_id,
            "group_id": given["reader"].group_id,
            "role": given["may"],
            "purpose": given["why"],
            "until": given["until"],
        }
        if target == "document":
            actions.share_document(request.actor, document_id=target_id, **values)
        else:
            actions.share_folder(request.actor, folder_id=target_id, **values)
        messages.success(request, _("It is shared."), extra_tags=receipt_url(client_id))
        return redirect(back)
    readers = queries.readers(request.actor, target, target_id)
    shares = queries.shares(request.actor, target, target_id)
    suffix = "share_preview" if target == "document" else "share_folder_preview"
    context = {
        "form": form,
        "name": name,
        "back_url": back,
        "preview_url": reverse(f"documents:{suffix}", kwargs={"client_id": client_id, f"{target}_id": target_id}),
        "readers": readers_shown(client_id, target, target_id, readers, shares),
        "preview": _will_read(request, target, target_id, form) if asks else None,
    }
    return render(request, "documents/share.html", context, status=422 if request.method == "POST" else 200)


def _preview(request: ActorRequest, target: Target, target_id: UUID) -> HttpResponse:
    queries.shared_name(request.actor, target, target_id)  # not there, or not the reader's to share: no preview at all
    form = _form(request, target, target_id, request.GET)
    context = {"preview": _will_read(request, target, target_id, form)}
    return render(request, "documents/_share_preview.html", context)


def _end(request: ActorRequest, client_id: UUID, target: Target, target_id: UUID, grant_id: UUID) -> HttpResponse:
    name, back = queries.shared_name(request.actor, target, target_id), _back(client_id, target, target_id)
    share = _share_of(request, target, target_id, grant_id)
    if request.method == "POST":
        actions.end_share(request.actor, target=target, target_id=target_id, grant_id=grant_id)
        messages.success(request, _("The share has ended."), extra_tags=receipt_url(client_id))
        return redirect(back)
    who = receiver(share, people_of([share.person_id]))
    context = {"name": name, "reader": {"name": who, "why": reason(share)}, "back_url": back}
    return render(request, "documents/end_share.html", context)


def _share_of(request: ActorRequest, target: Target, target_id: UUID, grant_id: UUID) -> GrantFacts:
    for share in queries.shares(request.actor, target, target_id):
        if share.id == grant_id:
            return share
    raise NotFound


def _form(request: ActorRequest, target: Target, target_id: UUID, data: Any) -> ShareForm:
    actor = request.actor
    members = {member.person_id for member in clients.members(actor)} - {actor.person_id}
    names = people_of(members)
    people = sorted(((person, name) for person, name in names.items() if person), key=lambda pair: pair[1].casefold())
    return ShareForm(
        data,
        people=people,
        groups=queries.groups_to_share_with(actor, target, target_id),
        roles=queries.roles_to_share(actor, target, target_id),
    )


def _will_read(request: ActorRequest, target: Target, target_id: UUID, form: ShareForm) -> list[dict[str, Any]]:
    """Return who will be able to open the thing, as soon as the form says with whom it is shared."""
    form.is_valid()
    if "reader" not in form.cleaned_data:
        return []
    reader = form.cleaned_data["reader"]
    found = queries.preview(request.actor, target, target_id, reader.person_id, reader.group_id)
    names = people_of(reader.person_id for reader, _is_new in found)
    why = form.cleaned_data.get("why", "")
    return [
        {
            "name": names.get(reader.person_id, ""),
            "why": why if is_new else reason(reader.grants[0]),
            "is_new": is_new,
        }
        for reader, is_new in found
    ]


def _back(client_id: UUID, target: Target, target_id: UUID) -> str:
    return document_url(client_id, target_id) if target == "document" else folder_url(client_id, target_id)
