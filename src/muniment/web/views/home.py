"""Home: what needs you, what is new, whom to ask; for staff, all their clients at a glance."""

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
from muniment.web.views.log import described
from muniment.web.views.residency import residency
from muniment.web.views.waiting import waiting

CLIENTS_SHOWN = 12
NEEDS_SHOWN = 6
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
    spaces = [space for space in identity.spaces(actor.person_id) if space.kind == "client"]
    is_staff = actor.kind == "staff"
    here = [(space, _within(actor, space)) for space in spaces[:CLIENTS_SHOWN]]
    request.shown_clients = tuple(space.id for space, _inside in here)  # type: ignore[attr-defined] # see PagesInLog
    new = {space.id: documents.new_documents(inside) for space, inside in here}
    needs = waiting(actor)
    named = is_staff or len(here) > 1
    needs += [need for space, _inside in here for need in _needs(space, new[space.id], is_staff=named)]
    context = {
        "today": timezone.localdate(),
        "greeting": _greeting(),
        "is_staff": is_staff,
        "needs": needs[:NEEDS_SHOWN],
        **_recent(here, is_staff=named),
        **(_staff(here, new, actor) if is_staff else _contact(here, new)),
    }
    return render(request, "web/home.html", context)


def _within(actor: Actor, space: Space) -> Actor:
    return actor.within(space.id)


def _greeting() -> str:
    hour = timezone.localtime().hour
    if hour < NOON:
        return _("Good morning")
    return _("Good afternoon") if hour < EVENING else _("Good evening")


def _needs(space: Space, new: list[DocumentFacts], *, is_staff: bool) -> list[dict[str, Any]]:
    people = identity.people({row.changed_by for row in new})
    return [
        {
            "icon": "file-text",
            "tone": "blue",
            "title": row.name,
            "about": _about(
                row, people[row.changed_by].name if row.changed_by in people else "", space, is_staff=is_staff
            ),
            "due": _("New"),
            "due_tone": "blue",
            "act": _("Read"),
            "url": reverse("documents:document", kwargs={"client_id": space.id, "document_id": row.id}),
        }
        for row in new
    ]


def _about(row: DocumentFacts, who: str, space: Space, *, is_staff: bool) -> str:
    said = _("Version %(number)d") % {"number": row.version_count} if row.version_count > 1 else _("New document")
    parts = [said, _("from %(name)s") % {"name": who} if who else "", space.name if is_staff else ""]
    return " · ".join(part for part in parts if part)


def _recent(here: list[tuple[Space, Actor]], *, is_staff: bool) -> dict[str, Any]:
    rows = [(space, inside, row) for space, inside in here for row in documents.recent_documents(inside, RECENT_SHOWN)]
    rows.sort(key=lambda found: found[2].changed_at, reverse=True)
    shown = rows[:RECENT_SHOWN]
    people = identity.people({row.changed_by for _space, _inside, row in shown})
    return {
        "recent": [recent_row(space, inside, row, people, is_staff=is_staff) for space, inside, row in shown],
        "recent_url": None if is_staff or not here else reverse("documents:list", kwargs={"client_id": here[0][0].id}),
    }


def recent_row(
    space: Space, inside: Actor, row: DocumentFacts, people: dict[UUID, Any], *, is_staff: bool
) -> dict[str, Any]:
    """Return a document as lists of recent ones show it: with its client for staff, with its folder for contacts."""
    place = space.name
    if not is_staff:
        folder_id = row.folder_id or row.id
        place = documents.names(inside, [folder_id]).get(folder_id, "") if row.folder_id else ""
    return {
        "id": row.id,
        "client_id": space.id,
        "name": row.name,
        "media_type": row.media_type,
        "size_bytes": row.size_bytes,
        "changed_at": row.changed_at,
        "changed_by": people[row.changed_by].name if row.changed_by in people else "",
        "place": place or _("Documents"),
    }


def _staff(here: list[tuple[Space, Actor]], new: dict[UUID, list[DocumentFacts]], actor: Actor) -> dict[str, Any]:
    at_work = []
    for space, inside in here:
        last = documents.recent_documents(inside, 1)
        at_work.append(
            {
                "id": space.id,
                "name": space.name,
                "line": space.line,
                "new_count": len(new[space.id]),
                "last_at": last[0].changed_at if last else None,
            }
        )
    return {"clients_at_work": at_work, "clients_url": reverse("clients:list"), "actor": actor}


def _contact(here: list[tuple[Space, Actor]], new: dict[UUID, list[DocumentFacts]]) -> dict[str, Any]:
    if not here:
        return {"contacts": [], "accesses": []}
    if len(here) > 1:  # whose contacts, and whose log, depends on which of them they choose
        companies = [{"id": space.id, "name": space.name, "new_count": len(new[space.id])} for space, _inside in here]
        return {"companies": companies}
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
