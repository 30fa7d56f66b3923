"""What one person can see of a client, and why; oneself included."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.portal.documents import queries as documents
from muniment.portal.documents.types import Seen
from muniment.trust.access import queries as access
from muniment.trust.access.types import permission, personal
from muniment.trust.identity import queries as identity
from muniment.trust.identity.types import Person
from muniment.web.views.explaining.asking import PersonForm
from muniment.web.views.explaining.reasons import SideName, reasons_shown
from muniment.web.views.explaining.shown import actor_of, ways_shown

ACTS = (
    ("document:view", lazy("Open")),
    ("document:download", lazy("Download")),
    ("document:upload", lazy("Add")),
    ("document:rename", lazy("Change")),
    ("document:trash", lazy("Delete")),
    ("document:share", lazy("Share")),
)


@permission("access:explain")
@require_safe
def person(request: HttpRequest, client_id: UUID, person_id: UUID) -> HttpResponse:  # noqa: ARG001 - of every address
    """Show what a person of the client can see, by which grants, under which conditions."""
    return _shown(request, actor_of(request), person_id)


@personal("shows what one can see oneself, and why")
@require_safe
def mine(request: HttpRequest, client_id: UUID) -> HttpResponse:  # noqa: ARG001 - of every address
    """Show what one can see oneself in a client, by which grants, under which conditions."""
    actor = actor_of(request)
    if actor.person_id is None:
        raise NotFound
    return _shown(request, actor, actor.person_id)


def _shown(request: HttpRequest, actor: Actor, person_id: UUID) -> HttpResponse:
    form = PersonForm(request.GET or None)
    moment = form.cleaned_data["at"] if form.is_valid() else None
    somebody = identity.imagined(actor, person_id, moment)
    seen = documents.seen_by(actor, somebody, tuple(verb for verb, _words in ACTS), moment)
    explains = access.may(actor, "access:explain")
    side: SideName = "staff" if somebody.kind == "staff" else "contacts"
    context = {
        "form": form if form.is_bound else PersonForm(),
        "crumbs": _crumbs(actor, is_own=person_id == actor.person_id),
        "one": _one(actor, somebody, identity.person(person_id)),
        "ways": ways_shown(actor, access.ways_of(actor, person_id, moment), is_own=person_id == actor.person_id),
        "acts": [{"name": words, **_where(seen, verb)} for verb, words in ACTS],
        "reasons": reasons_shown(access.conditions_on(actor, side, "view", "normal", moment)),
        "try_url": f"{reverse('explain:try', kwargs={'client_id': actor.client_id})}?person={ids.public(person_id)}"
        if explains
        else "",
        **_things(actor, seen),
    }
    return render(request, "access/person.html", context)


def _one(actor: Actor, somebody: Actor, known: Person) -> dict[str, Any]:
    return {
        "name": known.name,
        "email": known.email,
        "is_staff": somebody.kind == "staff",
        "is_you": somebody.person_id == actor.person_id,
    }


def _where(seen: Seen, verb: str) -> dict[str, Any]:
    """Return where an act is allowed, in words: everywhere, in so many folders and with so many documents, nowhere."""
    reached = seen.reaches[verb]
    if reached.nothing:
        return {"where": _("nowhere"), "is_nothing": True}
    if reached.whole:
        # The same whether there is a closed folder or not: who is not let in is not told that there is one.
        return {"where": _("everywhere, unless a folder is closed"), "is_nothing": False}
    parts = []
    if count := len(reached.folders):
        parts.append(ngettext("in %d folder", "in %d folders", count) % count)
    if count := len(reached.things):
        parts.append(ngettext("with %d single document", "with %d single documents", count) % count)
    return {"where": ", ".join(parts), "is_nothing": False}


def _things(actor: Actor, seen: Seen) -> dict[str, Any]:
    def url(name: str, **where: UUID) -> str:
        return reverse(f"documents:{name}", kwargs={"client_id": actor.client_id, **where})

    return {
        "folders": [
            {"name": folder.name, "count": folder.documents, "url": url("list", folder_id=folder.id)}
            for folder in seen.folders
        ],
        "documents": [{"name": row.name, "url": url("document", document_id=row.id)} for row in seen.documents],
        "count": seen.count,
        "more": seen.is_cut,
    }


def _crumbs(actor: Actor, *, is_own: bool = False) -> list[dict[str, str]]:
    people = reverse("people:list", kwargs={"client_id": actor.client_id})
    here = {"label": _("What you can see") if is_own else _("What they can see"), "url": ""}
    return [{"label": _("People"), "url": people}, here] if access.may(actor, "person:list") else [here]
