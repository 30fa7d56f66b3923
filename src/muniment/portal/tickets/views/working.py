"""Move a ticket on, plan it, note something about it, and say whether it is settled well."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from muniment.core import ids
from muniment.core.errors import Invalid
from muniment.portal.tickets import actions, queries
from muniment.portal.tickets.errors import TicketMoved
from muniment.portal.tickets.forms import MoveForm, NoteForm, PlanForm, RateForm
from muniment.portal.tickets.requests import ActorRequest
from muniment.portal.tickets.types import State, TicketDetails, needs_word
from muniment.portal.tickets.views.shown import facts_shown, people_of, side_of
from muniment.portal.tickets.words import MOVES
from muniment.trust.access.types import permission


@permission("ticket:work")
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: ActorRequest, client_id: UUID, ticket_id: UUID) -> HttpResponse:
    """Ask, for the firm, for the word that goes with a move, and bring the ticket into its next state."""
    return _move(request, client_id, ticket_id)


@permission("ticket:ask")
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: ActorRequest, client_id: UUID, ticket_id: UUID) -> HttpResponse:
    """Ask, for the client, for the word that goes with a move: their answer, that it is settled, that it is not."""
    return _move(request, client_id, ticket_id)


@permission("ticket:work")
@require_POST
def plan(request: ActorRequest, client_id: UUID, ticket_id: UUID) -> HttpResponse:
    """Say who has a ticket and by when it is wanted."""
    details, workers = queries.ticket(request.actor, ticket_id), queries.workers(request.actor)
    facts = details.ticket
    known = {*workers, *([facts.assignee_id] if facts.assignee_id else [])}
    people = sorted(people_of(known).items(), key=lambda pair: pair[1].casefold())
    form = PlanForm(request.POST, people=people)  # type: ignore[arg-type] # ids of people, none of nobody
    back = queries.ticket_url(client_id, ticket_id)
    context: dict[str, Any] = {"form": form, "back_url": back, **_shown(request, details)}
    if not form.is_valid():
        return render(request, "tickets/plan.html", context, status=422)
    data = form.cleaned_data
    try:
        actions.plan_ticket(
            request.actor,
            ticket_id=ticket_id,
            version=data["version"],
            assignee_id=data["assignee"],
            due_on=data["due_on"],
        )
    except TicketMoved as refusal:
        chosen = ids.public(data["assignee"]) if data["assignee"] else ""
        typed = {"version": facts.version, "assignee": chosen, "due_on": data["due_on"]}
        context |= {"form": PlanForm(initial=typed, people=people), "refusal": refusal.sentence}  # type: ignore[arg-type] # the same
        return render(request, "tickets/plan.html", context, status=409)
    messages.success(request, _("Saved."))
    return redirect(back)


@permission("ticket:note")
@require_POST
def note(request: ActorRequest, client_id: UUID, ticket_id: UUID) -> HttpResponse:
    """Note something for the firm."""
    form = NoteForm(request.POST)
    if not form.is_valid():
        raise Invalid
    actions.write_note(request.actor, ticket_id=ticket_id, text=form.cleaned_data["text"])
    messages.success(request, _("Noted. Only people of the firm see it."))
    return redirect(f"{queries.ticket_url(client_id, ticket_id)}#notes")


@permission("ticket:ask")
@require_POST
def rate(request: ActorRequest, client_id: UUID, ticket_id: UUID) -> HttpResponse:
    """Say whether what is done is settled well."""
    details = queries.ticket(request.actor, ticket_id)
    form = RateForm(request.POST)
    back = queries.ticket_url(client_id, ticket_id)
    context: dict[str, Any] = {"form": form, "back_url": back, **_shown(request, details)}
    if not form.is_valid():
        return render(request, "tickets/rate.html", context, status=422)
    try:
        actions.rate_ticket(request.actor, ticket_id=ticket_id, **form.cleaned_data)
    except TicketMoved as refusal:
        said = "yes" if form.cleaned_data["satisfied"] else "no"
        typed = {**form.cleaned_data, "version": details.ticket.version, "satisfied": said}
        context |= {"form": RateForm(initial=typed), "refusal": refusal.sentence}
        return render(request, "tickets/rate.html", context, status=409)
    messages.success(request, _("Thank you. The firm sees it."))
    return redirect(back)


def _move(request: ActorRequest, client_id: UUID, ticket_id: UUID) -> HttpResponse:
    """Ask for the word that goes with a move, and make it; who is second sees both, and keeps what they wrote."""
    actor = request.actor
    side, details = side_of(actor), queries.ticket(actor, ticket_id)
    wanted: Any = request.POST.get("state", "") if request.method == "POST" else request.GET.get("to", "")
    if wanted not in MOVES[side]:
        raise Invalid
    state: State = wanted
    title, act, label, icon = MOVES[side][state]
    options: dict[str, Any] = {"label": str(label), "is_needed": needs_word(side, details.ticket.state, state)}
    initial = {"version": details.ticket.version, "state": state}
    form = MoveForm(request.POST if request.method == "POST" else None, initial=initial, **options)
    back = queries.ticket_url(client_id, ticket_id)
    context = {"form": form, "title": title, "act": act, "icon": icon, "back_url": back, **_shown(request, details)}
    if request.method == "POST" and form.is_valid():
        try:
            actions.move_ticket(actor, ticket_id=ticket_id, **form.cleaned_data)
        except TicketMoved as refusal:
            typed = {**form.cleaned_data, "version": details.ticket.version}
            context |= {"form": MoveForm(initial=typed, **options), "refusal": refusal.sentence}
            return render(request, "tickets/move.html", context, status=409)
        messages.success(request, _("Done. The other side sees it."))
        return redirect(back)
    return render(request, "tickets/move.html", context, status=422 if form.is_bound else 200)


def _shown(request: ActorRequest, details: TicketDetails) -> dict[str, Any]:
    """Return the ticket as it is now, for who has to see both: it, and what they wrote."""
    names = people_of({details.ticket.assignee_id})
    shown = facts_shown(details.ticket, side_of(request.actor))
    last = details.moves[-1].word if details.moves else ""
    return {"ticket": shown | {"assignee": names.get(details.ticket.assignee_id, ""), "last_word": last}}
