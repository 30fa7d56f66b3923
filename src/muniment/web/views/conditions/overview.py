"""Conditions of all clients, for those who set them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from muniment.core.actor import Actor
from muniment.core.errors import Invalid
from muniment.trust.access import queries
from muniment.trust.access.types import personal
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity
from muniment.trust.identity.types import Company
from muniment.web.forms import NameFilterForm
from muniment.web.views.conditions.profile import administrator

PAGE = 25


@personal("the page itself asks for conditions:set in the firm")
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """List the clients with the profile of each, the networks, and what new clients begin with."""
    actor, asked = administrator(request), NameFilterForm(request.GET)
    if not asked.is_valid():
        raise Invalid
    part, number = asked.cleaned_data["name"], asked.cleaned_data["page"] or 1
    every = identity.companies(clients.client_ids()).values()
    known = sorted(
        (one for one in every if part.casefold() in one.name.casefold()), key=lambda one: one.name.casefold()
    )
    shown = known[(number - 1) * PAGE : number * PAGE]
    rows = [_row(actor, company) for company in shown]
    people = identity.people({row["set_by"] for row in rows})
    context = {
        "rows": [{**row, "who": people[row["set_by"]].name if row["set_by"] in people else ""} for row in rows],
        "find": part,
        "newer_url": f"?name={part}&page={number - 1}" if number > 1 else "",
        "older_url": f"?name={part}&page={number + 1}" if len(known) > number * PAGE else "",
        "new_clients_url": reverse("conditions:new_clients"),
        "networks_url": reverse("conditions:networks"),
        "networks_count": len(queries.networks()),
        "firm_url": reverse("conditions:profile", kwargs={"client_id": actor.client}),
    }
    return render(request, "conditions/overview.html", context)


def _row(actor: Actor, company: Company) -> dict[str, Any]:
    """Return one client with what is in force there."""
    inside = actor.within(company.id)
    facts = queries.profile_of(inside)
    rules = queries.rules(inside)
    return {
        "name": company.name,
        "url": reverse("conditions:profile", kwargs={"client_id": company.id}),
        "rules_url": reverse("conditions:rules", kwargs={"client_id": company.id}),
        "starter": queries.STARTERS[facts.profile.starter][0] if facts.profile.starter in queries.STARTERS else "",
        "is_default": facts.version == 0,
        "zone": facts.profile.zone,
        "rules": sum(rule.is_running for rule in rules),
        "waiting": sum(rule.is_waiting for rule in rules),
        "set_by": facts.set_by,
        "set_at": facts.set_at,
    }
