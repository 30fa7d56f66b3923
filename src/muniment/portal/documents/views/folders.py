"""Make, rename, move, trash and restore folders."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from muniment.core.errors import Invalid, NotFound
from muniment.portal.documents import actions, queries
from muniment.portal.documents.forms import RenameForm
from muniment.portal.documents.label_forms import NewFolderForm, NewGuardedFolderForm, PlaceForm
from muniment.portal.documents.requests import ActorRequest
from muniment.portal.documents.types import FolderFacts
from muniment.portal.documents.views.closing import ways_shown
from muniment.portal.documents.views.document import asked, move_form
from muniment.portal.documents.views.shown import folder_url, newly_shown
from muniment.trust.access.types import permission


@permission("folder:create")
@require_http_methods(["GET", "HEAD", "POST"])
def new_folder(request: ActorRequest, client_id: UUID) -> HttpResponse:
    """Ask for the name of a new folder, and make it."""
    form = _new_folder_form(request)
    if request.method != "POST" or not form.is_valid():
        return asked(request, "new_folder", {"form": form, "back_url": folder_url(client_id, None)})
    wanted = form.cleaned_data
    where = {"name": wanted["name"], "parent_id": wanted["parent_id"]}
    if wanted.get("gets_in") == "chosen":
        made = actions.create_closed_folder(request.actor, stay=wanted["stay"], **where)
    else:
        made = actions.create_folder(request.actor, **where)
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
        return asked(request, "rename", {"form": form, "is_folder": True, "back_url": back})
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
    context = {"form": form, "names": [folder.name], "back_url": back}
    if request.method != "POST" or not form.is_valid():
        return asked(request, "move", context)
    place, widen = form.cleaned_data["folder"], form.cleaned_data["widen"]
    newly = queries.newly_by_move(request.actor, "folder", [folder_id], place)
    if newly and not widen:
        return asked(request, "move", context | {"newly": newly_shown(newly)})
    actions.move_folder(request.actor, folder_id=folder_id, parent_id=place, widen=widen)
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
        return asked(request, "to_trash", {**context, "back_url": folder_url(client_id, folder_id)})
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


def _new_folder_form(request: ActorRequest) -> NewFolderForm:
    """Return the form for a new folder; with the question who gets in, for who may close folders there."""
    asked_for = request.POST if request.method == "POST" else None
    place = PlaceForm({"parent_id": request.POST.get("parent_id", request.GET.get("in", ""))})
    if not place.is_valid():
        raise Invalid
    parent_id = place.cleaned_data["parent_id"]
    initial: dict[str, Any] = {"parent_id": parent_id, "gets_in": "around"}
    if not queries.may_close_in(request.actor, parent_id):
        return NewFolderForm(asked_for, initial=initial)
    ways = queries.ways_inside(request.actor, parent_id)
    initial["stay"] = [grant.id for grant in ways if grant.person_id == request.actor.person_id]
    return NewGuardedFolderForm(asked_for, ways=ways_shown(ways), initial=initial)


def _here(request: ActorRequest, folder_id: UUID) -> FolderFacts:
    here = queries.folder_place(request.actor, folder_id).here
    if here is None:
        raise NotFound
    return here
