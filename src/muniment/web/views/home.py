"""Home: what needs you, what is new, whom to ask; for staff My day, over all of their clients."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from muniment.core.actor import Actor
from muniment.portal.documents import queries as documents
from muniment.portal.documents.types import DocumentFacts
from muniment.trust.access import queries as access
from muniment.trust.access.types import personal
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from muniment.trust.identity import queries as identity
from muniment.trust.identity.types import Space
from muniment.web import needs
from muniment.web.views.attention import needs_shown, recent_row
from muniment.web.views.day import day
from muniment.web.views.log import described
from muniment.web.views.residency import residency

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
    here = [(space, actor.within(space.id)) for space in spaces]
    found = needs.needs_of(actor, (inside for _space, inside in here))
    new = [need for need in found if need.kind == "read"]
    names = {space.id: space.name for space in spaces} if len(spaces) > 1 else {}
    return {
        "shown_clients": [space.id for space in spaces],
        **needs_shown(found, names, NEEDS_SHOWN),
        **_recent(here),
        **_contact(here, {space.id: sum(need.client_id == space.id for need in new) for space in spaces}),
    }


def _recent(here: list[tuple[Space, Actor]]) -> dict[str, Any]:
    rows = [(space, inside, row) for space, inside in here for row in documents.recent_documents(inside, RECENT_SHOWN)]
    rows.sort(key=lambda found: found[2].changed_at, reverse=True)
    shown = rows[:RECENT_SHOWN]
    people = identity.people({row.changed_by for _space, _inside, row in shown})
    folders = _folders([(inside, row) for _space, inside, row in shown])
    return {
        "recent": [
            recent_row(space.id, row, people, folders.get(row.folder_id, "") if row.folder_id else "")
            for space, _inside, row in shown
        ],
        "recent_url": None if not here else reverse("documents:list", kwargs={"client_id": here[0][0].id}),
    }


def _folders(shown: list[tuple[Actor, DocumentFacts]]) -> dict[UUID, str]:
    """Return the names of the folders that documents lie in, asked once of each client."""
    wanted: dict[Actor, list[UUID]] = {}
    for inside, row in shown:
        if row.folder_id is not None:
            wanted.setdefault(inside, []).append(row.folder_id)
    found: dict[UUID, str] = {}
    for inside, folder_ids in wanted.items():
        found.update(documents.names(inside, folder_ids))
    return found


def _contact(here: list[tuple[Space, Actor]], new: dict[UUID, int]) -> dict[str, Any]:
    if not here:
        return {"contacts": [], "accesses": []}
    if len(here) > 1:  # whose contacts, and whose log, depends on which of them they choose
        return {"companies": [{"id": space.id, "name": space.name, "new_count": new[space.id]} for space, _in in here]}
    space, inside = here[0]
    where = residency(space.id)
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
    accesses = described(inside, log.entries(inside, LogFilter(events=OPENINGS), limit=5))
    return {
        "contacts": contacts,
        "accesses": accesses,
        "residency": where,
        "log_url": reverse("log:list", kwargs={"client_id": space.id}),
    }


def _role(role: str) -> str:
    return role.replace("-", " ").capitalize()
