"""Make, rename, move, trash and restore folders."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from muniment.core.errors import NotFound
from muniment.portal.documents import actions, queries
from muniment.portal.documents.forms import NewFolderForm, RenameForm
from muniment.portal.documents.requests import ActorRequest
from muniment.portal.documents.types import FolderFacts
from muniment.portal.documents.views.document import move_form
from muniment.portal.documents.views.shown import folder_url
from muniment.trust.access.types import permission


@permission("folder:create")
@require_http_methods(["GET", "HEAD", "POST"])
def new_folder(request: ActorRequest, client_id: UUID) -> HttpResponse:
    """Ask for the name of a new folder, and make it."""
    form = NewFolderForm(request.POST or None, initial={"parent_id": request.GET.get("in", "")})
    if request.method != "POST" or not form.is_valid():
        return _asked(request, "new_folder", {"form": form, "back_url": folder_url(client_id, None)})
    made = actions.create_folder(request.actor, **form.cleaned_data)
    messages.success(request, _("The folder is made."))
    return redirect(folder_url(client_id, made.id))


@permission("folder:rename")
@require_http_methods(["GET", "HEAD", "POST"])
def rename_folder(request: ActorRequest, client_id: UUID, folder_id: UUID) -> HttpResponse:
    """Ask for another name, and give it."""
    folder = _here(request, folder_id)
    form = RenameForm(request.POST or None, initial={"name": folder.name})
    back = folder_url(client_id, folder_id)
    if request.method != "POST" or not form.is_valid():
        return _asked(request, "rename", {"form": form, "is_folder": True, "back_url": back})
    actions.rename_folder(request.actor, folder_id=folder_id, name=form.cleaned_data["name"])
    messages.success(request, _("It has its new name."))
    return redirect(back)


@permission("folder:move")
@require_http_methods(["GET", "HEAD", "POST"])
def move_folder(request: ActorRequest, client_id: UUID, folder_id: UUID) -> HttpResponse:
    """Ask for another place, and move the folder there."""
    folder = _here(request, folder_id)
    form = move_form(request.actor, request.POST or None, "folder:create", without=folder_id)
    back = folder_url(client_id, folder_id)
    if request.method != "POST" or not form.is_valid():
        return _asked(request, "move", {"form": form, "names": [folder.name], "back_url": back})
    actions.move_folder(request.actor, folder_id=folder_id, parent_id=form.cleaned_data["folder"])
    messages.success(request, _("It is in its new place."))
    return redirect(back)


@permission("folder:trash")
@require_http_methods(["GET", "HEAD", "POST"])
def trash_folder(request: ActorRequest, client_id: UUID, folder_id: UUID) -> HttpResponse:
    """Ask once, and put the folder with all in it into the trash."""
    folder = _here(request, folder_id)
    if request.method != "POST":
        count = queries.count_below(request.actor, folder_id)
        context = {"names": [folder.name], "is_folder": True, "count": count}
        return _asked(request, "to_trash", {**context, "back_url": folder_url(client_id, folder_id)})
    actions.trash_folder(request.actor, folder_id=folder_id)
    messages.success(request, _("It is in the trash with all in it, and can be taken back."))
    return redirect(folder_url(client_id, folder.parent_id))


@permission("folder:restore")
@require_POST
def restore_folder(request: ActorRequest, client_id: UUID, folder_id: UUID) -> HttpResponse:
    """Take a folder out of the trash, with what went there together with it."""
    actions.restore_folder(request.actor, folder_id=folder_id)
    messages.success(request, _("It is back where it was."))
    return redirect("documents:trashed", client_id=client_id)


def _here(request: ActorRequest, folder_id: UUID) -> FolderFacts:
    here = queries.folder_place(request.actor, folder_id).here
    if here is None:
        raise NotFound
    return here


def _asked(request: ActorRequest, page: str, context: dict[str, Any]) -> HttpResponse:
    form = context.get("form")
    status = 422 if form is not None and form.is_bound else 200
    return render(request, f"documents/{page}.html", context, status=status)
