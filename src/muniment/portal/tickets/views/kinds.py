"""Which kinds of things clients ask for: set by the firm."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.portal.tickets import actions, queries
from muniment.portal.tickets.errors import KindMoved
from muniment.portal.tickets.forms import KindForm
from muniment.portal.tickets.requests import ActorRequest
from muniment.portal.tickets.types import KindFacts
from muniment.portal.tickets.words import kind_hint, kind_title
from muniment.trust.access.types import personal
from muniment.trust.clients import queries as clients


@personal("the action itself asks for ticket-kind:set in the firm", of_firm=True)
@require_http_methods(["GET", "HEAD", "POST"])
def kinds(request: ActorRequest) -> HttpResponse:
    """List the kinds there are, make one, or change one."""
    actor, known = _in_firm(request), queries.kinds(with_retired=True)
    form = KindForm(
        request.POST if request.method == "POST" else None, initial=_initial(request.GET.get("kind"), known)
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                actions.set_kind(actor, **data | {"version": data["version"] or 0})
            except KindMoved as refusal:
                form.add_error(None, _(refusal.sentence))
                status = 409
            else:
                messages.success(request, _("Saved. Clients choose from it at once."))
                return redirect("tickets:kinds")
    rows = [
        {"name": one.name, "title": kind_title(one), "hint": kind_hint(one), "is_offered": one.retired_at is None}
        for one in known
    ]
    return render(request, "tickets/kinds.html", {"form": form, "rows": rows}, status=status)


def _initial(name: str | None, known: list[KindFacts]) -> dict[str, Any]:
    found = next((kind for kind in known if kind.name == name), None)
    if found is None:
        return {"place": max((kind.place for kind in known), default=0) + 1, "offered": True}
    return {
        "name": found.name,
        "version": found.version,
        "title": kind_title(found),
        "hint": kind_hint(found),
        "place": found.place,
        "offered": found.retired_at is None,
    }


def _in_firm(request: ActorRequest) -> Actor:
    if request.actor.kind != "staff" or "ticket-kind:set" not in request.actor.firm_verbs:
        raise NotFound
    return request.actor.within(clients.firm_id())
