"""Turn a ticket into a checklist, or into a task of a project."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.portal.projects import queries as projects
from muniment.portal.tickets import actions, queries
from muniment.portal.tickets.errors import TicketMoved
from muniment.portal.tickets.forms import TurnForm
from muniment.portal.tickets.requests import ActorRequest
from muniment.portal.tickets.types import TicketFacts
from muniment.portal.tickets.views.shown import facts_shown, people_of, side_of
from muniment.trust.access import queries as access
from muniment.trust.access.types import permission

CHECKLIST = "checklist"


@permission("ticket:work")
@require_http_methods(["GET", "HEAD", "POST"])
def turn(request: ActorRequest, client_id: UUID, ticket_id: UUID) -> HttpResponse:
    """Ask what a ticket is to become, and make that."""
    actor = request.actor
    details, offered = queries.ticket(actor, ticket_id), _offered(actor)
    facts, back = details.ticket, queries.ticket_url(client_id, ticket_id)
    if not offered:
        raise NotFound
    initial = {"version": facts.version, "into": offered[0][0]}
    form = TurnForm(request.POST if request.method == "POST" else None, offered=offered, initial=initial)
    names = people_of({facts.assignee_id})
    shown = facts_shown(facts, side_of(actor)) | {"assignee": names.get(facts.assignee_id, "")}
    context: dict[str, Any] = {"form": form, "ticket": shown, "back_url": back}
    if request.method == "POST" and form.is_valid():
        try:
            turned = _turned(actor, ticket_id, **form.cleaned_data)
        except TicketMoved as refusal:
            typed = {**form.cleaned_data, "version": facts.version}
            context |= {"form": TurnForm(initial=typed, offered=offered), "refusal": refusal.sentence}
            return render(request, "tickets/turn.html", context, status=409)
        messages.success(request, _("It is made. The two point to each other."))
        return redirect(became_url(turned) or back)
    return render(request, "tickets/turn.html", context, status=422 if form.is_bound else 200)


def became_url(facts: TicketFacts) -> str:
    """Return where that is which a ticket was turned into; empty where it was turned into nothing."""
    if facts.became is None:
        return ""
    if facts.became == "task":
        return reverse("projects:task", kwargs={"client_id": facts.client_id, "task_id": facts.became_id})
    return reverse("checklists:list", kwargs={"client_id": facts.client_id})


def may_turn(actor: Actor) -> bool:
    """Return whether there is something that somebody may turn tickets of a client into."""
    return access.may(actor, "checklist:send") or access.may(actor, "project:set")


def _offered(actor: Actor) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    if access.may(actor, "checklist:send"):
        found.append((CHECKLIST, _("A new checklist: what the client has to do for it, step by step")))
    if access.may(actor, "project:set"):
        known = projects.projects(actor)
        found += [(ids.public(one.id), _("A task of the project %(name)s") % {"name": one.name}) for one in known]
    return found


def _turned(actor: Actor, ticket_id: UUID, *, version: int, into: str) -> TicketFacts:
    if into == CHECKLIST:
        return actions.turn_into_checklist(actor, ticket_id=ticket_id, version=version)
    board = projects.board(actor, ids.private(into))
    stage_id = board.project.stage_id or (board.stages[0].id if board.stages else None)
    if stage_id is None:
        raise NotFound
    return actions.turn_into_task(
        actor, ticket_id=ticket_id, version=version, project_id=board.project.id, stage_id=stage_id
    )
