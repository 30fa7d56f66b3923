"""One document: what it says, who can open it, who has; and what can be done with it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.core import config, ids
from muniment.core.actor import Actor
from muniment.core.errors import Invalid
from muniment.portal.documents import actions, queries
from muniment.portal.documents.forms import ChosenForm, MoveForm, RenameForm, VersionForm
from muniment.portal.documents.requests import ActorRequest
from muniment.portal.documents.types import DocumentDetails, VersionFacts
from muniment.portal.documents.views import vetting
from muniment.portal.documents.views.readers import readers_shown
from muniment.portal.documents.views.shown import (
    crumbs,
    document_url,
    folder_url,
    label_shown,
    may,
    newly_shown,
    people_of,
)
from muniment.portal.documents.views.viewing import shown, viewer_of
from muniment.trust.access.types import permission
from muniment.trust.audit.types import EntryFacts


@permission("document:view")
@require_safe
def document(request: ActorRequest, client_id: UUID, document_id: UUID) -> HttpResponse:
    """Show a document; showing what it says is an opening and leaves an entry."""
    form = VersionForm(request.GET)
    if not form.is_valid():
        raise Invalid
    found = queries.document_details(request.actor, document_id)
    version = _chosen(found, form.cleaned_data["version"])
    viewer = viewer_of(version)
    if request.headers.get("HX-Target") == "vetting":
        return _looked_again(request, client_id, found, version)
    context = _context(client_id, found, version) | {"viewer": viewer}
    if viewer != "none":
        opening = actions.view_document(request.actor, document_id=document_id, number=version.number)
        addresses = document_url(client_id, document_id, "content"), document_url(client_id, document_id, "page")
        context |= shown(client_id, opening, viewer, *addresses)
    return render(request, "documents/document.html", context)


@permission("document:rename")
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: ActorRequest, client_id: UUID, document_id: UUID) -> HttpResponse:
    """Ask for another name, and give it."""
    found = queries.document(request.actor, document_id, "document:rename")
    form = RenameForm(request.POST or None, initial={"name": found.name})
    back = document_url(client_id, document_id)
    if request.method != "POST" or not form.is_valid():
        return asked(request, "rename", {"form": form, "is_folder": False, "back_url": back})
    actions.rename_document(request.actor, document_id=document_id, name=form.cleaned_data["name"])
    messages.success(request, _("It has its new name."))
    return redirect(back)


@permission("document:move")
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: ActorRequest, client_id: UUID, document_id: UUID) -> HttpResponse:
    """Ask for another folder, and move the document there."""
    found = queries.document(request.actor, document_id, "document:move")
    form = move_form(request.actor, request.POST or None, "document:upload")
    back = document_url(client_id, document_id)
    context = {"form": form, "names": [found.name], "back_url": back}
    if request.method != "POST" or not form.is_valid():
        return asked(request, "move", context)
    place, widen = form.cleaned_data["folder"], form.cleaned_data["widen"]
    newly = queries.newly_by_move(request.actor, "document", [document_id], place)
    if newly and not widen:
        return asked(request, "move", context | {"newly": newly_shown(newly)})
    actions.move_document(request.actor, document_id=document_id, folder_id=place, widen=widen)
    messages.success(request, _("It is in its new folder."))
    return redirect(back)


@permission("document:move")
@require_http_methods(["GET", "HEAD", "POST"])
def move_many(request: ActorRequest, client_id: UUID) -> HttpResponse:
    """Ask for a folder for the chosen documents, and move them there."""
    posted = request.method == "POST" and "folder" in request.POST
    chosen = _chosen_ids(request.POST if request.method == "POST" else request.GET)
    found = queries.documents_by_ids(request.actor, chosen, "document:move")
    form = move_form(request.actor, request.POST if posted else None, "document:upload")
    back = folder_url(client_id, found[0].folder_id if found else None)
    context = {"form": form, "names": [row.name for row in found], "back_url": back, "chosen": _public(request)}
    if not posted or not form.is_valid():
        return asked(request, "move", context)
    folder_id, widen = form.cleaned_data["folder"], form.cleaned_data["widen"]
    newly = queries.newly_by_move(request.actor, "document", chosen, folder_id)
    if newly and not widen:
        return asked(request, "move", context | {"newly": newly_shown(newly)})
    count = actions.move_documents(request.actor, document_ids=chosen, folder_id=folder_id, widen=widen)
    messages.success(request, ngettext("%d document was moved.", "%d documents were moved.", count) % count)
    return redirect(folder_url(client_id, folder_id))


@permission("document:trash")
@require_http_methods(["GET", "HEAD", "POST"])
def trash(request: ActorRequest, client_id: UUID, document_id: UUID) -> HttpResponse:
    """Ask once, and put the document into the trash."""
    found = queries.document(request.actor, document_id, "document:trash")
    if request.method != "POST":
        return asked(request, "to_trash", {"names": [found.name], "back_url": document_url(client_id, document_id)})
    actions.trash_document(request.actor, document_id=document_id)
    messages.success(request, _("It is in the trash and can be taken back."))
    return redirect(folder_url(client_id, found.folder_id))


@permission("document:trash")
@require_POST
def trash_many(request: ActorRequest, client_id: UUID) -> HttpResponse:
    """Put the chosen documents into the trash; they can be taken back."""
    chosen = _chosen_ids(request.POST)
    found = queries.documents_by_ids(request.actor, chosen, "document:trash")
    count = actions.trash_documents(request.actor, document_ids=chosen)
    said = ngettext("%d document is in the trash.", "%d documents are in the trash.", count) % count
    messages.success(request, said)
    return redirect(folder_url(client_id, found[0].folder_id))


@permission("document:restore")
@require_POST
def restore(request: ActorRequest, client_id: UUID, document_id: UUID) -> HttpResponse:
    """Take a document out of the trash."""
    actions.restore_document(request.actor, document_id=document_id)
    messages.success(request, _("It is back where it was."))
    return redirect("documents:trashed", client_id=client_id)


def move_form(actor: Actor, data: Any, verb: str, without: UUID | None = None) -> MoveForm:
    """Return the form that asks for a folder in which `verb` is allowed."""
    places = queries.folder_choices(actor, verb, without)
    return MoveForm(data, places=places, has_top=queries.may_at_top(actor, verb))


def asked(request: ActorRequest, page: str, context: dict[str, Any]) -> HttpResponse:
    """Answer with the form of a page; one that was sent and cannot be taken as it is has the status of that."""
    form = context.get("form")
    status = 422 if form is not None and form.is_bound else 200
    return render(request, f"documents/{page}.html", context, status=status)


def _chosen_ids(data: QueryDict) -> list[UUID]:
    form = ChosenForm(data)
    if not form.is_valid():
        raise Invalid
    return list(form.cleaned_data["document"])


def _public(request: ActorRequest) -> list[str]:
    return (request.POST if request.method == "POST" else request.GET).getlist("document")


def _chosen(found: DocumentDetails, number: int | None) -> VersionFacts:
    for version in found.versions:
        if number is None or version.number == number:
            return version
    raise Invalid


def _looked_again(
    request: ActorRequest, client_id: UUID, found: DocumentDetails, version: VersionFacts
) -> HttpResponse:
    """Answer a page that shows that a version is being checked: the same again, or that it can be opened now."""
    if version.vetting.is_open:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "documents/_vetting.html", _vetting(client_id, found, version))


def _vetting(client_id: UUID, found: DocumentDetails, version: VersionFacts) -> dict[str, Any]:
    may_see = "quarantine:read" in found.may
    return {
        "vetting": vetting.shown(version.vetting),
        "quarantine_url": reverse("documents:quarantine", kwargs={"client_id": client_id}) if may_see else "",
    }


def _context(client_id: UUID, found: DocumentDetails, version: VersionFacts) -> dict[str, Any]:
    row = found.document
    persons = {row.changed_by, row.created_by, *(item.added_by for item in found.versions)}
    names = people_of(persons | {entry.person_id for entry in found.openings})
    return {
        "crumbs": crumbs(client_id, found.way, row.name),
        "document": {
            "id": row.id,
            "name": row.name,
            "media_type": row.media_type,
            "size_bytes": row.size_bytes,
            "created_at": row.created_at,
            "created_by": names.get(row.created_by, ""),
            "changed_at": row.changed_at,
            "changed_by": names.get(row.changed_by, ""),
            "version_count": row.version_count,
            **label_shown(row.label),
        },
        "version": version,
        **_vetting(client_id, found, version),
        "is_newest": version.number == row.version_count,
        "versions": [_version(client_id, item, version, names) for item in found.versions],
        "readers": readers_shown(client_id, "document", row.id, found.readers, found.shares),
        "openings": [_opening(entry, names) for entry in found.openings],
        "log_url": f"{reverse('log:list', kwargs={'client_id': client_id})}?document={ids.public(row.id)}"
        if "log:read" in found.may
        else "",
        "may": may(found.may),
        "upload_url": reverse("documents:uploads", kwargs={"client_id": client_id}),
        "max_bytes": config.current().max_upload_bytes,
    }


def _version(client_id: UUID, item: VersionFacts, shown: VersionFacts, names: dict[UUID | None, str]) -> dict[str, Any]:
    return {
        "number": item.number,
        "size_bytes": item.size_bytes,
        "added_at": item.added_at,
        "added_by": names.get(item.added_by, ""),
        "sha256_hex": item.sha256_hex,
        "url": f"{document_url(client_id, item.document_id)}?version={item.number}",
        "download_url": f"{document_url(client_id, item.document_id, 'download')}?version={item.number}",
        "current": item.number == shown.number,
        "is_open": item.vetting.is_open,
        "is_waiting": not item.vetting.is_final,
    }


def _opening(entry: EntryFacts, names: dict[UUID | None, str]) -> dict[str, Any]:
    words = _("opened it") if entry.event == "document.viewed" else _("downloaded it")
    return {"at": entry.at, "name": names.get(entry.person_id) or _("The portal"), "words": words}
