"""What a guest sees: one thing to look at, or one place to send files to, in a frame without the portal around it.

Every page here is for guests alone, and no other page is for them: see `by_guest_link`.
"""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from muniment.core import config
from muniment.core.errors import NotFound
from muniment.portal.documents import actions, queries
from muniment.portal.documents import content as bytes_of
from muniment.portal.documents.forms import SendForm
from muniment.portal.documents.requests import ActorRequest
from muniment.portal.documents.types import Wanted
from muniment.portal.documents.views import sending
from muniment.portal.documents.views.viewing import shown, viewer_of
from muniment.trust.access.types import GuestLinkFacts, by_guest_link, permission
from muniment.trust.identity import queries as identity


@login_not_required
@by_guest_link
@permission("document:view")
@require_safe
def view(request: ActorRequest, client_id: UUID) -> HttpResponse:
    """Lead on to the document or the folder that the link is for."""
    link = _link(request)
    return redirect(_url(link.scope_kind, client_id, link.scope_id))


@login_not_required
@by_guest_link
@permission("document:view")
@require_safe
def folder(request: ActorRequest, client_id: UUID, folder_id: UUID) -> HttpResponse:
    """Show what lies in the folder of a link, or in a folder inside it."""
    found = queries.folder_page(request.actor, folder_id, Wanted(sort="name"))
    *way, here = found.way
    context = {
        "link": _shown(request),
        "folder": here,
        "up_url": _url("folder", client_id, way[-1].id) if way else "",
        "folders": [{"name": row.name, "url": _url("folder", client_id, row.id)} for row in found.folders],
        "documents": [
            {
                "name": row.name,
                "media_type": row.media_type,
                "size_bytes": row.size_bytes,
                "changed_at": row.changed_at,
                "url": _url("document", client_id, row.id),
            }
            for row in found.page.rows
            if row.id not in found.closed
        ],
        "is_cut": found.page.older is not None,
    }
    return render(request, "guests/folder.html", context)


@login_not_required
@by_guest_link
@permission("document:view")
@require_safe
def document(request: ActorRequest, client_id: UUID, document_id: UUID) -> HttpResponse:
    """Show what a document says; that is an opening and leaves an entry."""
    facts, version = queries.readable_version(request.actor, document_id, "document:view")
    viewer = viewer_of(version)
    context: dict[str, Any] = {"link": _shown(request), "document": facts, "viewer": viewer, "vetting": version.vetting}
    context["up_url"] = _url("folder", client_id, facts.folder_id) if _link(request).scope_kind == "folder" else ""
    if viewer != "none":
        opening = actions.view_document(request.actor, document_id=document_id, number=version.number)
        addresses = _url("content", client_id, document_id), _url("page", client_id, document_id)
        context |= shown(client_id, opening, viewer, *addresses)
    return render(request, "guests/document.html", context)


@login_not_required
@by_guest_link
@permission("document:view")
@require_safe
def content(request: ActorRequest, client_id: UUID, document_id: UUID) -> HttpResponseBase:
    """Answer with what our viewers show of a document."""
    return bytes_of.content(request, client_id=client_id, document_id=document_id)


@login_not_required
@by_guest_link
@permission("document:view")
@require_safe
def page(request: ActorRequest, client_id: UUID, document_id: UUID) -> HttpResponseBase:
    """Answer with one page of a PDF as a picture."""
    return bytes_of.page(request, client_id=client_id, document_id=document_id)


@login_not_required
@by_guest_link
@permission("document:upload")
@require_safe
def upload(request: ActorRequest, client_id: UUID) -> HttpResponse:
    """Show where files can be sent, and which were; nothing else of what lies there."""
    context = {
        "link": _shown(request),
        "folder": {"id": _link(request).scope_id},
        "upload_url": _url("uploads", client_id),
        "send_url": _url("send", client_id),
        "max_bytes": config.current().max_upload_bytes,
        "sent": queries.finished_uploads(request.actor),
    }
    return render(request, "guests/upload.html", context)


@login_not_required
@by_guest_link
@permission("document:upload")
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: ActorRequest, client_id: UUID) -> HttpResponse:
    """Ask for a file and take it in one piece, where no scripts run."""
    is_sent = request.method == "POST"
    form = SendForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    back = _url("upload", client_id)
    if not form.is_valid():
        context = {"link": _shown(request), "form": form, "most": sending.FILE_BYTES, "back_url": back}
        return render(request, "guests/send.html", context, status=422 if form.is_bound else 200)
    sending.take_in(request.actor, form.cleaned_data["file"], folder_id=_link(request).scope_id)
    messages.success(request, _("Uploaded and encrypted."))
    return redirect(back)


send.file_bytes = sending.FILE_BYTES  # type: ignore[attr-defined] # read by the middleware that bounds bodies


def _link(request: ActorRequest) -> GuestLinkFacts:
    if request.actor.guest_link_id is None:
        raise NotFound
    return identity.running_link(request.actor, request.actor.guest_link_id)


def _shown(request: ActorRequest) -> dict[str, Any]:
    """Return what every page says of a link: who sent it, for which company's space, why, until when."""
    link = _link(request)
    makers = identity.people([link.made_by])
    client_id = request.actor.client
    return {
        "maker": makers[link.made_by].name if link.made_by in makers else "",
        "company": identity.company(client_id).name,
        "purpose": link.purpose,
        "expires_at": link.expires_at,
        "leave_url": reverse("guest_leave", kwargs={"client_id": client_id}),
    }


def _url(name: str, client_id: UUID, identifier: UUID | None = None) -> str:
    where = {"client_id": client_id}
    if identifier is not None:
        where["folder_id" if name == "folder" else "document_id"] = identifier
    return reverse(f"documents:guest_{name}", kwargs=where)
