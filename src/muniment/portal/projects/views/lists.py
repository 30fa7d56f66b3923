"""The projects of one client, the templates of the firm, and the overview over all clients."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from muniment.core.errors import NotFound
from muniment.portal.projects import queries
from muniment.portal.projects.requests import ActorRequest
from muniment.portal.projects.views.shown import is_firms, names_of, project_url
from muniment.trust.access import queries as access
from muniment.trust.access.types import permission, personal
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity


@permission("project:view")
@require_safe
def listing(request: ActorRequest, client_id: UUID) -> HttpResponse:
    """Show the projects of a client: those under way, or those that were closed."""
    closed = request.GET.get("show") == "closed"
    rows = queries.projects(request.actor, closed=closed)
    names = names_of({row.lead_id for row in rows})
    context = {
        "rows": [
            {"project": row, "lead": names.get(row.lead_id, ""), "url": project_url(client_id, row.id)} for row in rows
        ],
        "closed": closed,
        "is_template": is_firms(client_id),
        "may_set": queries.sees_firm(request.actor) and access.may(request.actor, "project:set"),
        "new_url": reverse("projects:new", kwargs={"client_id": client_id}),
        "list_url": reverse("projects:list", kwargs={"client_id": client_id}),
    }
    return render(request, "projects/list.html", context)


@personal("shows the projects of those clients that the person belongs to", of_firm=True)
@require_safe
def overview(request: ActorRequest) -> HttpResponse:
    """Show the projects under way in all clients, what is late first."""
    if request.actor.kind != "staff":
        raise NotFound
    rows = queries.overview(request.actor)
    request.shown_clients = tuple({row.project.client_id for row in rows})
    companies = identity.companies(list(request.shown_clients))
    shown = [
        {
            "project": row.project,
            "client": companies[row.project.client_id].name,
            "waits_for_client": row.waits_for_client,
            "waits_for_firm": row.waits_for_firm,
            "url": project_url(row.project.client_id, row.project.id),
        }
        for row in rows
        if row.project.client_id in companies
    ]
    firm = request.actor.within(clients.firm_id())
    templates = reverse("projects:list", kwargs={"client_id": firm.client})
    context = {"rows": shown, "templates_url": templates if access.may(firm, "project:view") else ""}
    return render(request, "projects/overview.html", context)
