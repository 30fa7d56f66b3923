"""Who can get at a document, a folder or a whole client, and why."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.portal.documents import queries as documents
from muniment.portal.documents.types import Explained, Target
from muniment.trust.access import queries as access
from muniment.trust.access.types import PERMISSIONS, Label, Way, permission
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity
from muniment.web.views.explaining.asking import USUAL, WhoForm
from muniment.web.views.explaining.reasons import SideName, reasons_shown
from muniment.web.views.explaining.shown import actor_of, ways_shown

SHOWN = 500


@permission("document:share")
@require_safe
def document(request: HttpRequest, client_id: UUID, document_id: UUID) -> HttpResponse:
    """Show everybody who can get at a document, each with every way in and the conditions that apply."""
    return _thing(request, client_id, "document", document_id)


@permission("document:share")
@require_safe
def folder(request: HttpRequest, client_id: UUID, folder_id: UUID) -> HttpResponse:
    """Show everybody who can get at a folder, each with every way in and the conditions that apply."""
    return _thing(request, client_id, "folder", folder_id)


@permission("access:explain")
@require_safe
def client(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Show everybody who can get at everything of a client, each with every way in."""
    actor, form = actor_of(request), WhoForm(request.GET or None)
    verb, moment = _wanted(form)
    context = {
        "name": identity.company(client_id).name,
        "crumbs": [{"label": _("Who may what"), "url": ""}],
        **_context(actor, form, access.ways_into_client(actor, verb, moment), "normal", None),
    }
    return render(request, "access/who.html", context)


def _thing(request: HttpRequest, client_id: UUID, target: Target, target_id: UUID) -> HttpResponse:
    actor, form = actor_of(request), WhoForm(request.GET or None)
    verb, moment = _wanted(form)
    found = documents.explained(actor, target, target_id, verb, moment)
    where = {"client_id": client_id, f"{target}_id": target_id}
    page = reverse("documents:document" if target == "document" else "documents:list", kwargs=where)
    share = reverse("documents:share" if target == "document" else "documents:share_folder", kwargs=where)
    context = {
        "name": found.name,
        "crumbs": _crumbs(client_id, found, page),
        "share_url": share,
        "links": _links(found),
        **_context(actor, form, found.ways, found.label, target_id),
    }
    if context["try_url"]:
        context["try_url"] += f"?{target}={ids.public(target_id)}"
    return render(request, "access/who.html", context)


def _links(found: Explained) -> list[dict[str, Any]]:
    makers = identity.people(link.link.made_by for link in found.links)
    return [
        {
            "email": link.email,
            "why": link.link.purpose,
            "giver": makers[link.link.made_by].name if link.link.made_by in makers else "",
            "until": link.link.expires_at,
        }
        for link in found.links
    ]


def _wanted(form: WhoForm) -> tuple[str, datetime | None]:
    data = form.cleaned_data if form.is_valid() else {}
    return data.get("may") or USUAL, data.get("at")


def _context(actor: Actor, form: WhoForm, found: list[Way], label: Label, here: UUID | None) -> dict[str, Any]:
    verb, moment = _wanted(form)
    explains = access.may(actor, "access:explain")
    return {
        "form": form if form.is_bound else WhoForm(initial={"may": verb}),
        "people": _people(actor, found, here, moment, links=explains),
        "sides": _sides(actor, verb, label, moment),
        "is_past": moment is not None,
        "count": len(access.people_by(found)),
        "try_url": reverse("explain:try", kwargs={"client_id": actor.client_id}) if explains else "",
    }


def _people(
    actor: Actor, found: list[Way], here: UUID | None, moment: datetime | None, *, links: bool
) -> list[dict[str, Any]]:
    by_person = access.people_by(found)
    known = identity.people(by_person)
    staff = {member.person_id for member in clients.members(actor, moment) if member.kind == "staff"}
    shown = sorted(known.values(), key=lambda one: (one.id in staff, one.name.casefold()))[:SHOWN]
    return [
        {
            "name": one.name,
            "is_staff": one.id in staff,
            "ways": ways_shown(actor, by_person[one.id], here),
            "url": reverse("explain:person", kwargs={"client_id": actor.client_id, "person_id": one.id})
            if links
            else "",
        }
        for one in shown
    ]


def _sides(actor: Actor, verb: str, label: Label, moment: datetime | None) -> list[dict[str, Any]]:
    action = PERMISSIONS[verb].action
    sides: tuple[tuple[SideName, str], ...] = (
        ("contacts", _("Conditions for contacts")),
        ("staff", _("Conditions for staff")),
    )
    return [
        {"title": title, "reasons": reasons_shown(access.conditions_on(actor, side, action, label, moment))}
        for side, title in sides
    ]


def _crumbs(client_id: UUID, found: Explained, page: str) -> list[dict[str, str]]:
    top = {"label": _("Documents"), "url": reverse("documents:list", kwargs={"client_id": client_id})}
    return [top, {"label": found.name, "url": page}, {"label": _("Who can see this"), "url": ""}]
