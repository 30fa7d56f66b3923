"""How the portal is: what the apps look at, on one page, for those who look after it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.health import HealthLine, Topic
from muniment.trust.access.types import personal
from muniment.trust.disclosure import queries

TOPICS: dict[Topic, Any] = {
    "log": _("The log"),
    "keys": _("Keys"),
    "access": _("Access"),
    "documents": _("Documents"),
    "mail": _("Mail"),
    "work": _("Background work"),
    "machine": _("This installation"),
}
STATES = {
    "good": ("green", "circle-check", _("Works")),
    "notice": ("brass", "info", _("Look at it")),
    "bad": ("red", "circle-alert", _("Does not work")),
}


@personal("the query itself asks for health:read in the firm")
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Look at everything, and show what was found: what does not work first."""
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    found = queries.health(actor)
    lines = [line for topic in found.values() for line in topic]
    context = {
        "topics": [
            {"name": TOPICS[topic], "lines": [_row(line) for line in _sorted(some)]} for topic, some in found.items()
        ],
        "bad": sum(line.state == "bad" for line in lines),
        "notices": sum(line.state == "notice" for line in lines),
        "looked_at": clock.now(),
    }
    return render(request, "health/health.html", context)


def _sorted(lines: list[HealthLine]) -> list[HealthLine]:
    order = list(reversed(STATES))
    return sorted(lines, key=lambda line: order.index(line.state))


def _row(line: HealthLine) -> dict[str, Any]:
    tone, icon, word = STATES[line.state]
    return {"name": line.name, "sentence": line.sentence, "tone": tone, "icon": icon, "word": word}
