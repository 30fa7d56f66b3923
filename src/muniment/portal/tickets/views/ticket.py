"""One ticket on one page."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.portal.tickets import queries
from muniment.portal.tickets.forms import NoteForm, PlanForm, RateForm
from muniment.portal.tickets.requests import ActorRequest
from muniment.portal.tickets.types import Attached, TicketDetails
from muniment.portal.tickets.views.shown import crumbs, facts_shown, people_of, side_of
from muniment.portal.tickets.views.turning import became_url, may_turn
from muniment.portal.tickets.words import MOVES, move_told
from muniment.trust.access.types import permission

_PAGES = ("change", "attach", "plan", "note", "rate")


@permission("ticket:view")
@require_safe
def ticket(request: ActorRequest, client_id: UUID, ticket_id: UUID) -> HttpResponse:
    """Show a ticket: what is asked for, how it went on, what lies beside it, and what can be done now."""
    actor = request.actor
    details = queries.ticket(actor, ticket_id)
    workers = queries.workers(actor) if "ticket:work" in details.may else []
    facts = details.ticket
    people = {facts.asked_by, facts.assignee_id, *workers}
    people |= {move.moved_by for move in details.moves} | {note.written_by for note in details.notes}
    names = people_of(people)
    where = {"client_id": client_id, "ticket_id": ticket_id}
    context = {
        "crumbs": crumbs(actor, (_("No. %(number)s") % {"number": facts.number}, "")),
        "ticket": facts_shown(facts, side_of(actor)) | {"text": details.text, "word": details.satisfied_word},
        "asked_by": names.get(facts.asked_by, ""),
        "assignee": names.get(facts.assignee_id, ""),
        "moves": _moves(details, names),
        "notes": [
            {"by": names.get(one.written_by, ""), "at": one.written_at, "text": one.text} for one in details.notes
        ],
        "attached": [_attached(one, where) for one in details.attached],
        "acts": _acts(actor, details, where),
        "is_staff": side_of(actor) == "staff",
        "may": _may(actor, details),
        "urls": {
            name: reverse(f"tickets:{name}", kwargs=where) for name in ("change", "attach", "plan", "note", "rate")
        },
        "turned": _turned(details),
        "turn_url": reverse("tickets:turn", kwargs=where) if _is_to_turn(actor, details) else "",
        "talk_url": _talk_url(where) if "thread:view" in actor.verbs else "",
        "plan": _plan(details, workers, names),
        "note": NoteForm(auto_id="note-%s"),
        "rate": _rate(details),
    }
    return render(request, "tickets/ticket.html", context)


def _attached(one: Attached, where: dict[str, UUID]) -> dict[str, str]:
    return {
        "name": one.name,
        "url": _document_url(where["client_id"], one.document_id),
        "off_url": reverse("tickets:detach", kwargs={**where, "document_id": one.document_id}),
    }


def _moves(details: TicketDetails, names: dict[UUID | None, str]) -> list[dict[str, Any]]:
    return [
        {
            "by": names.get(move.moved_by, ""),
            "at": move.moved_at,
            "says": move_told(move.before, move.after),
            "word": move.word,
        }
        for move in details.moves
    ]


def _acts(actor: Actor, details: TicketDetails, where: dict[str, UUID]) -> list[dict[str, str]]:
    """Return the moves there are as buttons, the likeliest first."""
    side = side_of(actor)
    words, url = MOVES[side], reverse("tickets:move" if side == "staff" else "tickets:answer", kwargs=where)
    return [
        {"label": str(words[state][0]), "icon": words[state][3], "url": f"{url}?to={state}", "state": state}
        for state in details.next_states
        if state in words
    ]


def _may(actor: Actor, details: TicketDetails) -> dict[str, bool]:
    facts, verbs = details.ticket, details.may
    own = facts.state == "new" and facts.asked_by == actor.person_id
    side = side_of(actor)
    writes = "ticket:ask" in verbs
    return {
        "work": "ticket:work" in verbs,
        "note": "ticket:note" in verbs and side == "staff",
        "change": writes and (side == "staff" or own),
        "attach": writes,
        "rate": facts.state == "done" and side == "contact" and "ticket:ask" in verbs,
    }


def _plan(details: TicketDetails, workers: list[UUID], names: dict[UUID | None, str]) -> PlanForm:
    facts = details.ticket
    known = [*workers, *([facts.assignee_id] if facts.assignee_id and facts.assignee_id not in workers else [])]
    people = sorted(((one, names.get(one, "")) for one in known), key=lambda pair: pair[1].casefold())
    chosen = ids.public(facts.assignee_id) if facts.assignee_id else ""
    initial = {"version": facts.version, "assignee": chosen, "due_on": facts.due_on}
    return PlanForm(people=people, initial=initial, auto_id="plan-%s")


def _rate(details: TicketDetails) -> RateForm:
    facts = details.ticket
    said = {True: "yes", False: "no", None: ""}[facts.satisfied]
    initial = {"version": facts.version, "satisfied": said, "word": details.satisfied_word}
    return RateForm(initial=initial, auto_id="rate-%s")


def _turned(details: TicketDetails) -> dict[str, Any] | None:
    """Return what became of it, for who may see that."""
    words = {"checklist": _("A checklist was made of it"), "task": _("It is a task of a project now")}
    verb = {"checklist": "checklist:view", "task": "project:view"}
    became = details.ticket.became
    if became is None or verb[became] not in details.may:
        return None
    return {"url": became_url(details.ticket), "words": words[became]}


def _is_to_turn(actor: Actor, details: TicketDetails) -> bool:
    return details.ticket.became is None and "ticket:work" in details.may and may_turn(actor)


def _talk_url(where: dict[str, UUID]) -> str:
    about = {"client_id": where["client_id"], "about": "ticket", "thing_id": where["ticket_id"]}
    return reverse("conversations:about", kwargs=about)


def _document_url(client_id: UUID, document_id: UUID) -> str:
    return reverse("documents:document", kwargs={"client_id": client_id, "document_id": document_id})
