"""Reviews of access: which are open, and confirming or removing what is in one."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST, require_safe

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.portal.documents import queries as documents
from muniment.trust.access import queries as access
from muniment.trust.access.types import permission, personal
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity
from muniment.trust.oversight import actions, queries
from muniment.trust.oversight.types import ItemFacts, ReviewFacts
from muniment.web.forms import PublicIdField

PROPOSED = {
    "unused": lazy("Nobody used it for 90 days"),
    "left": lazy("Nobody is there any more who could use it"),
    "giver-left": lazy("Who gave it is not here any more"),
}
STATES = {
    "kept": ("green", lazy("Confirmed")),
    "removed": ("red", lazy("Removed")),
    "over": ("line", lazy("Ended by itself")),
}


class DecideForm(forms.Form):
    """Why lines are confirmed or removed."""

    act = forms.ChoiceField(choices=(("keep", ""), ("remove", "")))
    reason = forms.CharField(max_length=500, required=False)


@personal("shows the reviews that wait for oneself; those of other clients to whoever may read reviews there")
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show the newest review of every client that the person may look at."""
    actor = _actor(request)
    found = queries.overview(actor)
    companies = identity.companies(place for place, _facts in found)
    now = clock.now()
    rows = [
        {"name": companies[place].name, **_summary(place, facts, now)} for place, facts in found if place in companies
    ]
    waits = [row for row in rows if row["tone"] in {"red", "brass"}]
    return render(request, "reviews/overview.html", {"rows": rows, "waiting": len(waits)})


@personal("the query shows them to those who may read reviews, or are to decide in one")
@require_safe
def listing(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """List the reviews of one client, newest first."""
    actor = _actor(request)
    found = queries.reviews(actor)
    now = clock.now()
    is_open = any(row.closed_at is None for row in found)
    context = {
        "rows": [_summary(client_id, row, now) for row in found],
        "may_start": not is_open and access.may(actor, "review:decide"),
        "start_url": reverse("reviews:start", kwargs={"client_id": client_id}),
        "is_firm": client_id == clients.firm_id(),
        "back_url": _page_of(client_id),
    }
    return render(request, "reviews/list.html", context)


@permission("review:decide")
@require_POST
def start(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Begin a review now."""
    made = actions.start_review(_actor(request))
    messages.success(request, _("The review has begun. Whoever gave access has a mail with what to look at."))
    return redirect("reviews:review", client_id=client_id, review_id=made.id)


@personal("the query shows it to those who may read reviews, and to others what they are to decide")
@require_safe
def review(request: HttpRequest, client_id: UUID, review_id: UUID) -> HttpResponse:
    """Show a review: who may do what, since when, last used when, and what was decided."""
    actor = _actor(request)
    facts, items = queries.review(actor, review_id)
    people = identity.people(_people(items))
    names = documents.names(actor, {item.scope_id for item in items if item.scope_id})
    groups = access.group_names(actor)
    rows = [_line(item, {one.id: one.name for one in people.values()}, names, groups) for item in items]
    where = {"client_id": client_id, "review_id": review_id}
    context = {
        "review": _summary(client_id, facts, clock.now()),
        "rows": rows,
        "may_decide": any(row["may_decide"] for row in rows),
        "decide_url": reverse("reviews:decide", kwargs=where),
        "export_url": reverse("reviews:export", kwargs=where) if access.may(actor, "review:read") else None,
        "back_url": reverse("reviews:list", kwargs={"client_id": client_id}),
    }
    return render(request, "reviews/review.html", context)


@personal("the action itself asks whether each line is theirs to decide")
@require_POST
def decide(request: HttpRequest, client_id: UUID, review_id: UUID) -> HttpResponse:
    """Confirm or remove what is ticked."""
    form = DecideForm(request.POST)
    if not form.is_valid():
        raise Invalid
    field = PublicIdField()
    try:
        wanted = [field.clean(text) for text in request.POST.getlist("item")]
    except forms.ValidationError as error:
        raise Invalid from error
    if not wanted:
        messages.error(request, _("Tick what you decide about first. Nothing was changed."))
        return redirect("reviews:review", client_id=client_id, review_id=review_id)
    keep = form.cleaned_data["act"] == "keep"
    done = actions.decide_items(
        _actor(request), review_id=review_id, item_ids=wanted, keep=keep, reason=form.cleaned_data["reason"]
    )
    messages.success(request, _("Confirmed.") if keep else _("Removed: it opens nothing any more."))
    if done.closed_at is not None:
        messages.success(request, _("That was the last. The review is finished."))
    return redirect("reviews:review", client_id=client_id, review_id=review_id)


@permission("review:read", exports=True)
@require_POST
def export(request: HttpRequest, client_id: UUID, review_id: UUID) -> HttpResponse:  # noqa: ARG001 - the address names it
    """Hand a review out as a file."""
    file = actions.export_review(_actor(request), review_id=review_id, form=request.POST.get("form", ""))
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return HttpResponse(file.data, content_type=file.media_type, headers=headers)


def _summary(client_id: UUID, facts: ReviewFacts | None, now: Any) -> dict[str, Any]:
    """Return how far a review is, in words."""
    listing_url = reverse("reviews:list", kwargs={"client_id": client_id})
    if facts is None:
        return {"tone": "line", "state": _("None yet"), "url": listing_url}
    if facts.closed_at is not None:
        tone, words = "green", _("Finished")
    elif facts.is_overdue(now):
        tone, words = "red", _("Late")
    else:
        tone, words = "brass", _("Open")
    return {
        "tone": tone,
        "state": words,
        "started_at": facts.started_at,
        "due_at": facts.due_at if facts.closed_at is None else None,
        "closed_at": facts.closed_at,
        "items": facts.items,
        "open": facts.open,
        "kept": facts.kept,
        "removed": facts.removed,
        "url": reverse("reviews:review", kwargs={"client_id": client_id, "review_id": facts.id}),
    }


def _line(item: ItemFacts, people: dict[UUID, str], names: dict[UUID, str], groups: dict[UUID, str]) -> dict[str, Any]:
    """Return one grant as its line shows it."""
    if item.person_id is not None:
        who = people.get(item.person_id, _("Somebody who left"))
    else:
        who = groups.get(item.group_id, _("A group")) if item.group_id else _("Everyone of this client")
    tone, words = STATES.get(item.state, ("", ""))
    return {
        "id": item.id,
        "who": who,
        "role": item.role.replace("-", " ").capitalize(),
        "scope": names.get(item.scope_id, _("something not shared with you")) if item.scope_id else "",
        "purpose": item.purpose,
        "giver": people.get(item.given_by, "") if item.given_by else "",
        "owner": people.get(item.owner_id, "") if item.owner_id else "",
        "starts_at": item.starts_at,
        "ends_at": item.ends_at,
        "used_at": item.used_at,
        "proposed": PROPOSED.get(item.proposed, ""),
        "state": words,
        "tone": tone,
        "reason": item.reason,
        "decided_by": people.get(item.decided_by, "") if item.decided_by else "",
        "decided_at": item.decided_at,
        "may_decide": item.may_decide,
    }


def _people(items: list[ItemFacts]) -> set[UUID | None]:
    return {one for item in items for one in (item.person_id, item.given_by, item.owner_id, item.decided_by)}


def _page_of(client_id: UUID) -> str:
    if client_id == clients.find_firm_id():
        return reverse("reviews:overview")
    return reverse("clients:client", kwargs={"client_id": client_id})


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    if actor.person_id is None:
        raise NotFound
    return actor
