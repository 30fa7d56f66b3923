"""Home: what needs you, what is new, whom to ask; for staff My day, over all of their clients."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from muniment.core.actor import Actor
from muniment.core.needs import Need
from muniment.core.unit import query
from muniment.portal.documents import queries as documents
from muniment.portal.documents.types import DocumentFacts
from muniment.trust.access import queries as access
from muniment.trust.access.types import personal
from muniment.trust.audit import queries as log
from muniment.trust.audit.types import Event
from muniment.trust.identity import queries as identity
from muniment.trust.identity.types import Space
from muniment.web import needs
from muniment.web.views.attention import needs_shown, recent_row
from muniment.web.views.day import day
from muniment.web.views.log import described
from muniment.web.views.residency import residency
from muniment.web.views.waiting import waiting

CLIENTS_SHOWN = 12
NEEDS_SHOWN = 20
RECENT_SHOWN = 6
NOON, EVENING = 12, 18
OPENINGS = (
    Event.DOCUMENT_VIEWED,
    Event.DOCUMENT_DOWNLOADED,
    Event.DOCUMENTS_PACKED,
    Event.DOCUMENT_ADDED,
    Event.VERSION_ADDED,
    Event.DOCUMENT_SHARED,
    Event.REFUSED,
)


@personal("shows what the person's own grants show")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what needs the person, over every client they belong to."""
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    if actor.person_id is None:
        raise LookupError("nobody is signed in")  # LoginRequiredMiddleware sends visitors to sign-in first
    own = day(actor) if actor.kind == "staff" else _home(actor, actor.person_id)
    request.shown_clients = tuple(own["shown_clients"])  # type: ignore[attr-defined] # see PagesInLog
    context = {"today": timezone.localdate(), "greeting": _greeting(), "is_staff": actor.kind == "staff", **own}
    return render(request, "web/home.html", context)


def _greeting() -> str:
    hour = timezone.localtime().hour
    if hour < NOON:
        return _("Good morning")
    return _("Good afternoon") if hour < EVENING else _("Good evening")


def _home(actor: Actor, person_id: UUID) -> dict[str, Any]:
    """Return what a contact sees: of each of their companies, or of the only one with whom to ask and who looked."""
    spaces = [space for space in identity.spaces(person_id) if space.kind == "client"][:CLIENTS_SHOWN]
    here = [(space, access.ruled(actor.within(space.id))) for space in spaces]
    parts = [_part(inside, is_only=len(here) == 1) for _space, inside in here]
    found = needs.in_order([*waiting(actor), *(need for part in parts for need in part.needs)])
    names = {space.id: space.name for space in spaces} if len(spaces) > 1 else {}
    shown = sorted((row for part in parts for row in part.recent), key=lambda row: row[1].changed_at, reverse=True)
    return {
        "shown_clients": [space.id for space in spaces],
        **needs_shown(found, names, NEEDS_SHOWN),
        **_recent(shown[:RECENT_SHOWN]),
        "recent_url": None if not here else reverse("documents:list", kwargs={"client_id": here[0][0].id}),
        **_companies(spaces, found),
        **(parts[0].beside if len(parts) == 1 else {}),
    }


@dataclass(frozen=True)
class _Part:
    """What Home shows of one client: what waits, documents with the names of their folders, and what stands beside."""

    needs: list[Need]
    recent: list[tuple[UUID, DocumentFacts, str]]
    beside: dict[str, Any]


@query
def _part(inside: Actor, *, is_only: bool) -> _Part:
    """Return the part of one client, read in one transaction."""
    found, rows = needs.needs_in(inside), documents.newest_documents(inside)
    names = documents.names(inside, {row.folder_id for row in rows if row.folder_id})
    recent = [(inside.client, row, names.get(row.folder_id, "") if row.folder_id else "") for row in rows]
    return _Part(found, recent, _contact(inside) if is_only else {})


def _recent(shown: list[tuple[UUID, DocumentFacts, str]]) -> dict[str, Any]:
    people = identity.people({row.changed_by for _client, row, _folder in shown})
    return {"recent": [recent_row(client_id, row, people, folder) for client_id, row, folder in shown]}


def _companies(spaces: list[Space], found: list[Need]) -> dict[str, Any]:
    """Return the companies of who has several: whose contacts, and whose log, depends on which of them they choose."""
    if len(spaces) == 1:
        return {}
    new = Counter(need.client_id for need in found if need.kind == "read")
    return {"companies": [{"id": space.id, "name": space.name, "new_count": new[space.id]} for space in spaces]}


def _contact(inside: Actor) -> dict[str, Any]:
    where = residency(inside.client)
    contacts = [
        {
            "name": member.person.name,
            "role": ", ".join(_role(role) for role in member.roles),
            "email": member.person.email,
        }
        for member in (identity.people_of(inside) if access.may(inside, "person:list") else [])
        if member.kind == "staff" and "advisor" in member.roles
    ]
    if not access.may(inside, "log:read"):
        return {"contacts": contacts, "accesses": [], "residency": where}
    accesses = described(inside, log.newest(inside, OPENINGS))
    return {
        "contacts": contacts,
        "accesses": accesses,
        "residency": where,
        "log_url": reverse("log:list", kwargs={"client_id": inside.client}),
    }


def _role(role: str) -> str:
    return role.replace("-", " ").capitalize()
