"""Send links to people without an account, see all of them, and end them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.portal.documents import actions, queries
from muniment.portal.documents.link_forms import LinkForm
from muniment.portal.documents.requests import ActorRequest
from muniment.portal.documents.types import Target
from muniment.portal.documents.views.shown import document_url, folder_url, people_of, receipt_url
from muniment.trust.access import actions as access_actions
from muniment.trust.access import queries as access
from muniment.trust.access.types import permission, personal
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity
from muniment.trust.identity.types import GuestLink


@permission("document:share")
@require_http_methods(["GET", "HEAD", "POST"])
def send_link(request: ActorRequest, client_id: UUID, document_id: UUID) -> HttpResponse:
    """Ask for whom, until when and why, and send a link to look at a document."""
    return _send(request, client_id, "document", document_id)


@permission("document:share")
@require_http_methods(["GET", "HEAD", "POST"])
def send_link_to_folder(request: ActorRequest, client_id: UUID, folder_id: UUID) -> HttpResponse:
    """Ask for whom, for what, until when and why, and send a link to a folder."""
    return _send(request, client_id, "folder", folder_id)


@permission("document:share")
@require_http_methods(["GET", "HEAD", "POST"])
def end_link(request: ActorRequest, client_id: UUID, document_id: UUID, link_id: UUID) -> HttpResponse:
    """Ask once, and end a link to a document."""
    return _end(request, client_id, "document", document_id, link_id)


@permission("document:share")
@require_http_methods(["GET", "HEAD", "POST"])
def end_link_to_folder(request: ActorRequest, client_id: UUID, folder_id: UUID, link_id: UUID) -> HttpResponse:
    """Ask once, and end a link to a folder."""
    return _end(request, client_id, "folder", folder_id, link_id)


@permission("link:list")
@require_safe
def listing(request: ActorRequest, client_id: UUID) -> HttpResponse:
    """Show every link into a client's space, newest first."""
    context = {
        "rows": _rows(request.actor, identity.guest_links(request.actor)),
        "back_url": reverse("people:list", kwargs={"client_id": client_id}),
    }
    return render(request, "links/list.html", context)


@permission("link:revoke")
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: ActorRequest, client_id: UUID, link_id: UUID) -> HttpResponse:
    """Ask once, and end a link from the list of all of them."""
    back = reverse("documents:links", kwargs={"client_id": client_id})
    found = next((row for row in identity.guest_links(request.actor) if row.link.id == link_id), None)
    if found is None or found.link.has_ended(clock.now()):
        raise NotFound
    if request.method == "POST":
        access_actions.revoke_guest_link(request.actor, link_id=link_id)
        return _ended(request, client_id, back)
    return render(request, "links/end.html", {"email": found.email, "back_url": back})


@personal("shows the links of those clients whose links one may see", of_firm=True)
@require_safe
def everywhere(request: ActorRequest) -> HttpResponse:
    """Show the links that have not ended, of all clients whose links the person may see."""
    actor = request.actor
    if actor.kind != "staff":
        raise NotFound
    places = clients.client_ids() if "link:list" in actor.firm_verbs else access.places_with(actor, "link:list")
    known, now = identity.companies(places), clock.now()
    found: list[dict[str, Any]] = []
    for company in sorted(known.values(), key=lambda company: company.name.casefold()):
        if company.kind != "client":
            continue
        inside = actor.within(company.id)
        running = [row for row in identity.guest_links(inside) if not row.link.has_ended(now)]
        if running:
            found.append({"name": company.name, "id": company.id, "rows": _rows(inside, running)})
    request.shown_clients = tuple(client["id"] for client in found)
    return render(request, "links/everywhere.html", {"clients_shown": found})


def _send(request: ActorRequest, client_id: UUID, target: Target, target_id: UUID) -> HttpResponse:
    name, back = queries.shared_name(request.actor, target, target_id), _back(client_id, target, target_id)
    form = LinkForm(request.POST if request.method == "POST" else None, is_folder=target == "folder")
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        actions.send_link(
            request.actor,
            target=target,
            target_id=target_id,
            email=given["email"],
            task=given.get("task", "view"),
            purpose=given["why"],
            until=given["until"],
            most_uses=given["uses"],
        )
        messages.success(request, _("The link is on its way."), extra_tags=receipt_url(client_id))
        return redirect(back)
    rows = _rows(request.actor, queries.links_to(request.actor, target, target_id))
    suffix = "end_link" if target == "document" else "end_link_to_folder"
    for row in rows:
        where = {"client_id": client_id, f"{target}_id": target_id, "link_id": row["id"]}
        row["end_url"] = reverse(f"documents:{suffix}", kwargs=where)
    context = {"form": form, "name": name, "back_url": back, "rows": rows}
    return render(request, "links/send.html", context, status=422 if form.is_bound else 200)


def _end(request: ActorRequest, client_id: UUID, target: Target, target_id: UUID, link_id: UUID) -> HttpResponse:
    back = _back(client_id, target, target_id)
    known = queries.links_to(request.actor, target, target_id)
    found = next((row for row in known if row.link.id == link_id), None)
    if found is None:
        raise NotFound
    if request.method == "POST":
        actions.end_link(request.actor, target=target, target_id=target_id, link_id=link_id)
        return _ended(request, client_id, back)
    return render(request, "links/end.html", {"email": found.email, "back_url": back})


def _ended(request: ActorRequest, client_id: UUID, back: str) -> HttpResponse:
    messages.success(request, _("The link has ended."), extra_tags=receipt_url(client_id))
    return redirect(back)


def _rows(actor: Actor, found: list[GuestLink]) -> list[dict[str, Any]]:
    """Return links as a list shows them; what they lead to is named for who may open it."""
    names = queries.names(actor, {row.link.scope_id for row in found})
    people, now = people_of({row.link.made_by for row in found}), clock.now()
    may_end = access.may(actor, "link:revoke")
    return [_row(actor.client, row, names, people, is_over=row.link.has_ended(now), may_end=may_end) for row in found]


def _row(
    client_id: UUID,
    row: GuestLink,
    names: dict[UUID, str],
    people: dict[UUID | None, str],
    *,
    is_over: bool,
    may_end: bool,
) -> dict[str, Any]:
    link = row.link
    thing = _("a folder") if link.scope_kind == "folder" else _("a document")
    where = {"client_id": client_id, "link_id": link.id}
    return {
        "id": link.id,
        "email": row.email,
        "task": _("looks at") if link.task == "view" else _("sends files into"),
        "thing": names.get(link.scope_id, thing),
        "purpose": link.purpose,
        "made_by": people.get(link.made_by, ""),
        "made_at": link.made_at,
        "expires_at": link.expires_at,
        "uses": link.uses,
        "most_uses": link.most_uses,
        "is_over": is_over,
        "is_used_up": link.uses >= link.most_uses,
        "end_url": reverse("documents:revoke_link", kwargs=where) if may_end and not is_over else "",
    }


def _back(client_id: UUID, target: Target, target_id: UUID) -> str:
    return document_url(client_id, target_id) if target == "document" else folder_url(client_id, target_id)
