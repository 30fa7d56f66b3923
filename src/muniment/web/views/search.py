"""The page of the one search box."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.errors import Invalid
from muniment.trust.access.types import personal
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity
from muniment.web.search import search

CHOSEN_MOST = 50
WORDS_MOST = 200
KINDS = (
    ("", gettext_lazy("Everything")),
    ("document", gettext_lazy("Documents")),
    ("thread", gettext_lazy("Messages")),
    ("checklist", gettext_lazy("Requests")),
    ("ticket", gettext_lazy("Asked for")),
    ("project", gettext_lazy("Projects")),
)
TIMES = (
    ("", gettext_lazy("Any time")),
    ("7", gettext_lazy("Last 7 days")),
    ("30", gettext_lazy("Last 30 days")),
    ("365", gettext_lazy("Last year")),
)
_ICONS = {
    "document": "file-text",
    "thread": "message-square",
    "checklist": "list-checks",
    "ticket": "hand-helping",
    "project": "layers",
}


class _Wanted(forms.Form):
    """What is looked for, and where."""

    text = forms.CharField(required=False, max_length=WORDS_MOST)
    kind = forms.ChoiceField(required=False, choices=KINDS)
    time = forms.ChoiceField(required=False, choices=TIMES)
    client = forms.CharField(required=False, max_length=ids.PUBLIC_LENGTH)


@personal("finds what the person's own grants show, in the clients they belong to")
@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """Show what is found in all clients of the person, or in the chosen one."""
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    form = _Wanted(request.GET)
    if actor.person_id is None or not form.is_valid():
        raise Invalid
    wanted = form.cleaned_data
    firm_id = clients.find_firm_id()
    served = [place.client_id for place in clients.memberships(actor.person_id) if place.client_id != firm_id]
    chosen = next((one for one in served if ids.public(one) == wanted["client"]), None)
    places = served if not wanted["client"] else [chosen] if chosen else []
    since = clock.now() - timedelta(days=int(wanted["time"])) if wanted["time"] else None
    text = wanted["text"].strip()
    found = search(actor, text, places, kind=wanted["kind"], since=since) if text else []
    request.shown_clients = tuple({one.client_id for one in found})  # type: ignore[attr-defined] # see PagesInLog
    known, _count = identity.few_spaces(actor.person_id, CHOSEN_MOST, {one.client_id for one in found})
    names = {space.id: space.name for space in known if space.kind == "client"}
    words = dict(KINDS)
    context: dict[str, Any] = {
        "filters": {**wanted, "text": text},
        "kinds": KINDS,
        "times": TIMES,
        "clients_to_choose": [("", _("All clients")), *((ids.public(one), name) for one, name in names.items())]
        if len(names) > 1
        else [],
        "found": [
            {
                "icon": _ICONS.get(one.kind, "file-text"),
                "kind": words.get(one.kind, ""),
                "title": one.title,
                "url": one.url,
                "at": one.at,
                "about": one.about,
                "client": names.get(one.client_id, "") if len(served) > 1 else "",
            }
            for one in found
        ],
    }
    return render(request, "web/search.html", context)
