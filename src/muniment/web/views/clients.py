"""Clients as staff see them: the list, one client on one page, a new client."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.portal.documents import queries as documents
from muniment.trust.access import queries as access
from muniment.trust.access.types import GrantFacts, permission, personal
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.clients import queries as clients
from muniment.trust.identity import actions as identity_actions
from muniment.trust.identity import queries as identity
from muniment.trust.identity.types import Company, Space
from muniment.web.forms import ClientForm, NameFilterForm
from muniment.web.views.home import recent_row
from muniment.web.views.log import described
from muniment.web.views.residency import residency

PAGE = 25
SHOWN = 8
MAY = {
    "viewer": "may view",
    "downloader": "may view and download",
    "editor": "may view, download and change",
}


@personal("shows the clients one is assigned to; all of them to those who administer", of_firm=True)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the clients of the firm that this member of staff may see, by name."""
    actor = _staff(request)
    form = NameFilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    part, number = wanted.get("name", ""), wanted.get("page") or 1
    known = [company for company in _known(actor) if part.casefold() in company.name.casefold()]
    shown = known[(number - 1) * PAGE : number * PAGE]
    context = {
        "page": {
            "rows": [_row(actor.within(company.id), company) for company in shown],
            "newer_url": f"?name={part}&page={number - 1}" if number > 1 else None,
            "older_url": f"?name={part}&page={number + 1}" if len(known) > number * PAGE else None,
        },
        "filters": {"name": part},
        "filtered": bool(part),
        "may": {"open": "client:open" in actor.firm_verbs},
    }
    return render(request, "clients/list.html", context)


@permission("person:list")
@require_safe
def client(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Show one client on one page: people, documents, grants, the newest accesses; a contact's page is Home."""
    if request.actor.kind == "contact":  # type: ignore[attr-defined] # put there by the middleware
        return redirect("web:home")
    actor = _staff(request)
    if actor.looking_as is not None:
        return redirect("documents:list", client_id=client_id)  # this page is not the contact's
    if client_id == clients.firm_id():
        raise NotFound
    company = identity.company(client_id)
    may = {
        "view": "document:view" in actor.verbs,
        "invite": access.may(actor, "person:invite"),
        "list_people": access.may(actor, "person:list"),
        "hold": access.may(actor, "hold:place"),
        "explain": access.may(actor, "access:explain"),
    }
    reads_log = access.may(actor, "log:read")
    members = identity.people_of(actor)
    totals = documents.totals(actor)
    context = {
        "people": [
            {
                "name": member.person.name,
                "email": member.person.email,
                "role": ", ".join(member.roles),
                "until": member.ends_at,
                "is_staff": member.kind == "staff",
            }
            for member in members
        ],
        "recent": _recent(actor, company) if may["view"] else [],
        "recent_url": reverse("documents:list", kwargs={"client_id": client_id}) if may["view"] else None,
        "grants": _grants(actor),
        "accesses": described(actor, log.entries(actor, LogFilter(without_pages=True), limit=SHOWN))
        if reads_log
        else [],
        "log_url": reverse("log:list", kwargs={"client_id": client_id}) if reads_log else None,
        "counts": {
            "people": len(members),
            "documents": totals.documents,
            "new": len(documents.new_documents(actor, 100)),
            "size_bytes": totals.size_bytes,
        },
        "residency": residency(client_id),
        **_switches(actor, client_id),
        "holds_url": reverse("keys:holds", kwargs={"client_id": client_id}) if may["hold"] else None,
        "look_url": reverse("look", kwargs={"client_id": client_id}) if access.may(actor, "client:look") else None,
        "retention_url": reverse("retention:log", kwargs={"client_id": client_id})
        if "log-retention:set" in actor.firm_verbs
        else None,
        "may": may,
    }
    return render(request, "clients/client.html", context)


@personal("the action itself asks for client:open in the firm")
@require_http_methods(["GET", "POST"])
def open_client(request: HttpRequest) -> HttpResponse:
    """Open the space of a new client, with its own key and its own log."""
    actor = _staff(request)
    if "client:open" not in actor.firm_verbs:
        raise NotFound
    form = ClientForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = identity_actions.open_client(actor, name=form.cleaned_data["name"], line=form.cleaned_data["line"])
        messages.success(request, _("The space is open. Invite its people, and assign who works for them."))
        return redirect("clients:client", client_id=made.id)
    context = {"form": form, "back_url": reverse("clients:list")}
    return render(request, "clients/open.html", context, status=422 if form.is_bound else 200)


def _switches(actor: Actor, client_id: UUID) -> dict[str, Any]:
    """Return the ways to what those who administer decide for a client, as far as they may."""
    where = {"client_id": client_id}
    may_switch = access.may(actor, "search:switch")
    return {
        "search_url": reverse("documents:switch_search", kwargs=where) if may_switch else None,
        "is_search_on": may_switch and documents.is_search_on(actor),
        "rules_url": reverse("documents:upload_rules", kwargs=where) if access.may(actor, "upload-rules:set") else None,
    }


def _staff(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    if actor.kind != "staff" or actor.person_id is None:
        raise NotFound
    return actor


def _known(actor: Actor) -> list[Company]:
    if "client:list" in actor.firm_verbs:
        found = list(identity.companies(clients.client_ids()).values())
    else:
        mine = [space for space in identity.spaces(_person(actor)) if space.kind == "client"]
        found = [Company(space.id, space.kind, space.name, space.line) for space in mine]
    return sorted(found, key=lambda company: company.name.casefold())


def _person(actor: Actor) -> UUID:
    if actor.person_id is None:
        raise NotFound
    return actor.person_id


def _row(inside: Actor, company: Company) -> dict[str, Any]:
    recent = documents.recent_documents(inside, 1)
    return {
        "id": company.id,
        "name": company.name,
        "line": company.line,
        "people_count": len(clients.members(inside)),
        "document_count": documents.totals(inside).documents,
        "new_count": len(documents.new_documents(inside)),
        "last_at": recent[0].changed_at if recent else None,
    }


def _recent(actor: Actor, company: Company) -> list[dict[str, Any]]:
    rows = documents.recent_documents(actor, SHOWN)
    people = identity.people({row.changed_by for row in rows})
    space = Space(company.id, company.kind, company.name, company.line, "staff", rows[0].changed_at) if rows else None
    return [recent_row(space, actor, row, people, is_staff=False) for row in rows] if space else []


def _grants(actor: Actor) -> list[dict[str, Any]]:
    found = access.visible_grants(actor)
    people = identity.people({grant.person_id for grant in found} | {grant.given_by for grant in found})
    names = documents.names(actor, {grant.scope_id for grant in found if grant.scope_id})
    return [
        {
            "name": people[grant.person_id].name if grant.person_id in people else _("Everyone of this client"),
            "may": _(MAY.get(grant.role, grant.role)),
            "scope": _scope(grant, names),
            "why": grant.purpose,
            "giver": people[grant.given_by].name if grant.given_by in people else "",
            "until": grant.ends_at,
        }
        for grant in found
    ]


def _scope(grant: GrantFacts, names: dict[UUID, str]) -> str:
    if grant.scope_id:
        return names.get(grant.scope_id, _("something not shared with you"))
    return _("what is shared with them") if grant.role == "guest" else _("everything")
