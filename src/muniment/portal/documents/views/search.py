"""Search: in one client, or in all clients a person belongs to; and the switch."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from muniment.core import ids
from muniment.core.errors import Invalid
from muniment.portal.documents import actions, queries
from muniment.portal.documents.forms import KIND_WORDS, SearchForm, write_cursor
from muniment.portal.documents.requests import ActorRequest
from muniment.portal.documents.types import FoundDocument, SearchPage
from muniment.portal.documents.views.shown import crumbs, document_url, folder_url, people_of
from muniment.trust.access import queries as access
from muniment.trust.access.types import permission, personal
from muniment.trust.identity import queries as identity


@permission("document:view")
@require_safe
def search(request: ActorRequest, client_id: UUID) -> HttpResponse:
    """Show what is found in one client."""
    wanted = _wanted(request)
    found = queries.search(request.actor, wanted["text"], kind=wanted["kind"], older=wanted["older"])
    spaces = _spaces(request)
    context = {
        **_context(request, wanted, found, {}),
        "crumbs": crumbs(client_id, [], _("Search")),
        "everywhere_url": f"{reverse('documents:search_everywhere')}?{request.GET.urlencode()}" if spaces else "",
        "switch_url": _switch_url(request, client_id),
    }
    return render(request, "documents/search.html", context)


@personal("finds what the person's own grants show, in the clients they belong to")
@require_safe
def search_everywhere(request: ActorRequest) -> HttpResponse:
    """Show what is found in all clients of the person, or in the chosen one."""
    wanted = _wanted(request)
    chosen: UUID | None = wanted["client"]
    found = queries.search_everywhere(
        request.actor, wanted["text"], client_id=chosen, kind=wanted["kind"], older=wanted["older"]
    )
    request.shown_clients = tuple({row.client_id for row in found.rows})
    spaces = _spaces(request)
    choices = [("", _("All clients")), *((ids.public(client_id), name) for client_id, name in spaces.items())]
    context = {
        **_context(request, wanted, found, spaces),
        "crumbs": [{"label": _("Search"), "url": ""}],
        "clients_to_choose": choices,
        "chosen_client": ids.public(chosen) if chosen else "",
    }
    return render(request, "documents/search.html", context)


@permission("search:switch")
@require_http_methods(["GET", "HEAD", "POST"])
def switch(request: ActorRequest, client_id: UUID) -> HttpResponse:
    """Ask once, and switch the client's search off or on."""
    is_on = queries.is_search_on(request.actor)
    page = "documents:search" if "document:view" in request.actor.verbs else "clients:client"
    back = reverse(page, kwargs={"client_id": client_id})
    if request.method != "POST":
        return render(request, "documents/switch_search.html", {"is_on": is_on, "back_url": back})
    wanted = request.POST.get("search")
    if wanted not in {"on", "off"}:
        raise Invalid
    actions.switch_search(request.actor, is_on=wanted == "on")
    said = _("The search is on. The documents are being read.") if wanted == "on" else _("The search is off.")
    messages.success(request, said)
    return redirect(back)


def _wanted(request: ActorRequest) -> dict[str, Any]:
    form = SearchForm(request.GET)
    if not form.is_valid():
        raise Invalid
    return form.cleaned_data


def _spaces(request: ActorRequest) -> dict[UUID, str]:
    """Return the clients that can be chosen from; none where there is only one."""
    person_id = request.actor.person_id
    found = {s.id: s.name for s in identity.spaces(person_id) if s.kind == "client"} if person_id else {}
    return found if len(found) > 1 else {}


def _context(
    request: ActorRequest, wanted: dict[str, Any], found: SearchPage, spaces: dict[UUID, str]
) -> dict[str, Any]:
    names = people_of(row.document.changed_by for row in found.rows)
    older = request.GET.copy()
    older["older"] = write_cursor(found.older)
    return {
        "filters": {"text": wanted["text"], "kind": wanted["kind"]},
        "kinds": list(KIND_WORDS.items()),
        "page": {
            "rows": [_row(row, names, spaces) for row in found.rows],
            "older_url": f"{request.path}?{older.urlencode()}" if found.older else "",
            "is_off": found.is_off,
            "is_too_short": found.is_too_short and bool(wanted["text"].strip()),
        },
        "limit_bytes": queries.SEARCHED_BYTES_MOST,
    }


def _row(found: FoundDocument, names: dict[UUID | None, str], spaces: dict[UUID, str]) -> dict[str, Any]:
    row = found.document
    return {
        "url": document_url(found.client_id, row.id),
        "name": row.name,
        "media_type": row.media_type,
        "size_bytes": row.size_bytes,
        "changed_at": row.changed_at,
        "changed_by": names.get(row.changed_by, ""),
        "client": spaces.get(found.client_id, ""),
        "place": found.place,
        "place_url": folder_url(found.client_id, row.folder_id) if found.place else "",
        "is_named": found.is_named,
    }


def _switch_url(request: ActorRequest, client_id: UUID) -> str:
    may = access.may(request.actor, "search:switch")
    return reverse("documents:switch_search", kwargs={"client_id": client_id}) if may else ""
