"""Why somebody cannot open something: their own short form, the same for what is hidden and what never was."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.trust.access import queries as access
from muniment.trust.access.types import Answer, personal
from muniment.trust.identity import queries as identity
from muniment.web.views.explaining.addresses import Address
from muniment.web.views.explaining.asking import WhyForm
from muniment.web.views.explaining.reasons import reasons_shown
from muniment.web.views.explaining.shown import actor_of, ways_shown


@personal("tells what one was given oneself, and what one would be told anyway")
@require_safe
def why(request: HttpRequest) -> HttpResponse:
    """Say why a page does not open for the person who asks, and what would help."""
    form = WhyForm({"address": request.GET.get("address") or _came_from(request)})
    wanted = form.wanted()
    somebody = actor_of(request)
    actor = _within(request, wanted)
    found = access.answer(actor, wanted.verb, wanted.kind, wanted.thing_id) if wanted and actor else None
    asked = bool(form.data["address"])
    context: dict[str, Any] = {
        "form": form,
        "answer": found.state if found else "nothing" if asked else "",
        "open_url": wanted.path if wanted and found and found.state == "open" else "",
        "reasons": reasons_shown(found.reasons) if found else [],
        "ways": _given(actor),
        "over": ways_shown(actor, access.own_ended(actor), is_own=True) if actor else [],
        "here": _here(actor or somebody),
        "ask_url": _ask_url(actor, wanted, found),
    }
    return render(request, "access/why.html", context)


def _given(actor: Actor | None) -> list[dict[str, Any]]:
    if actor is None or actor.person_id is None:
        return []
    return ways_shown(actor, access.ways_of(actor, actor.person_id), is_own=True)


def _came_from(request: HttpRequest) -> str:
    """Return the page that led here, if it was one of ours and another one."""
    came = urlsplit(request.headers.get("Referer", ""))
    is_ours = came.netloc == request.get_host() and came.path != request.path
    return came.path if is_ours else ""


def _within(request: HttpRequest, wanted: Address | None) -> Actor | None:
    """Return the person within the client the address names; None where they may not be at all."""
    if wanted is None:
        return None
    try:
        return identity.actor_for(request, wanted.client_id)
    except NotFound:
        return None


def _here(actor: Actor) -> list[tuple[str, str]]:
    factors = {"password": _("password"), "totp": _("second factor"), "recovery_codes": _("recovery code")}
    proved = [factors.get(factor, factor) for factor in actor.factors]
    return [
        (_("Signed in with"), ", ".join(proved) or "-"),
        (_("From"), f"{actor.ip or '-'}{f' ({actor.country})' if actor.country else ''}"),
        (_("With"), actor.device or "-"),
        (_("Known device"), _("yes") if actor.device_known else _("no")),
    ]


def _ask_url(actor: Actor | None, wanted: Address | None, found: Answer | None) -> str:
    if actor is None or wanted is None or (found and found.state == "open"):
        return ""
    where = f"?{wanted.kind}={ids.public(wanted.thing_id)}" if wanted.thing_id else ""
    return reverse("requests:ask", kwargs={"client_id": wanted.client_id}) + where
