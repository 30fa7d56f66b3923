"""Try as somebody: the portal decides as it would for them, and nothing is done."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.trust.access import queries as access
from muniment.trust.access.types import Answer, GrantFacts, permission
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity
from muniment.web.views.explaining.addresses import SCOPES
from muniment.web.views.explaining.asking import USUAL, TryForm
from muniment.web.views.explaining.reasons import reasons_shown
from muniment.web.views.explaining.shown import actor_of, ways_shown


@permission("access:explain")
@require_http_methods(["GET", "HEAD", "POST"])
def try_as(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Ask who, what, when, from where and how; and say what they would be told."""
    actor = actor_of(request)
    posted = request.method == "POST"
    initial = {"may": USUAL, "factor": "second", **_from_link(client_id, request.GET)}
    form = TryForm(request.POST if posted else None, people=_people(actor), initial=initial)
    tried = _tried(actor, form) if posted and form.is_valid() else None
    context = {
        "form": form,
        "tried": tried,
        "crumbs": [
            {"label": _("Who may what"), "url": reverse("explain:client", kwargs={"client_id": client_id})},
            {"label": _("Try as somebody"), "url": ""},
        ],
    }
    return render(request, "access/try.html", context, status=422 if posted and not form.is_valid() else 200)


def _tried(actor: Actor, form: TryForm) -> dict[str, Any]:
    data = form.cleaned_data
    kind, thing_id = data["thing"]
    moment = data["at"] or clock.now()
    person_id = ids.private(data["person"])
    try:
        somebody = identity.imagined(actor, person_id, moment, **form.circumstances(actor))
    except NotFound:
        return _shown(actor, Answer("nothing"), [], thing_id, _("They do not belong here at that time."))
    found = access.try_as(actor, somebody, data["may"], kind, thing_id, at=moment)
    return _shown(actor, found.answer, found.ways, thing_id)


def _shown(
    actor: Actor, answer: Answer, ways: list[GrantFacts], here: UUID | None, instead: str = ""
) -> dict[str, Any]:
    said = {
        "open": ("green", "circle-check", _("Open"), _("They would be let in.")),
        "closed": ("brass", "clock", _("Closed by conditions"), _("It is theirs to open, but they would be told:")),
        "nothing": (
            "red",
            "lock",
            _("Nothing here"),
            _("No grant leads there: to them it is as if it were not there."),
        ),
    }
    tone, icon, title, sentence = said[answer.state]
    return {
        "tone": tone,
        "icon": icon,
        "title": title,
        "sentence": instead or sentence,
        "reasons": reasons_shown(answer.reasons),
        "ways": ways_shown(actor, ways, here),
    }


def _people(actor: Actor) -> list[tuple[str, str]]:
    members = {member.person_id: member.kind for member in clients.members(actor)}
    known = sorted(identity.people(members).values(), key=lambda one: one.name.casefold())
    words = {"staff": _("staff"), "contact": _("contact")}
    return [(ids.public(one.id), f"{one.name} ({words.get(members[one.id], '')})") for one in known]


def _from_link(client_id: UUID, asked: QueryDict) -> dict[str, str]:
    """Return what a link to this page fills in: a person, a document or a folder."""
    found = {"person": asked.get("person", "")}
    for kind in SCOPES:
        try:
            where = {"client_id": client_id, f"{kind}_id": ids.private(asked.get(kind, ""))}
        except ValueError:
            continue
        found["thing"] = reverse("documents:document" if kind == "document" else "documents:list", kwargs=where)
    return found
