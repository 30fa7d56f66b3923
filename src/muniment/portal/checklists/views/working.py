"""What the firm does with a checklist that was sent: accept, send back, assign, remind, close."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from muniment.core.errors import Invalid
from muniment.portal.checklists import actions, queries
from muniment.portal.checklists.errors import ChangedMeanwhile
from muniment.portal.checklists.forms import AssignForm, VersionForm, WordsForm
from muniment.portal.checklists.requests import ActorRequest
from muniment.portal.checklists.types import ItemFacts
from muniment.portal.checklists.views.items import words_collided
from muniment.portal.checklists.views.shown import people_on, url
from muniment.trust.access.types import permission

_NOTE = {
    "label": gettext_lazy("What is missing"),
    "hint": gettext_lazy("Whoever answered reads this."),
}


@permission("checklist:decide")
@require_POST
def accept(request: ActorRequest, client_id: UUID, item_id: UUID) -> HttpResponse:
    """Accept an answer, and go on to the next one that waits."""
    form = VersionForm(request.POST)
    if not form.is_valid():
        raise Invalid
    done = actions.accept_item(request.actor, item_id=item_id, version=form.cleaned_data["version"])
    messages.success(request, _("Accepted."))
    return _go_on(request, client_id, done)


@permission("checklist:decide")
@require_http_methods(["GET", "HEAD", "POST"])
def send_back(request: ActorRequest, client_id: UUID, item_id: UUID) -> HttpResponse:
    """Ask what is missing, and send an answer back."""
    asked = queries.item(request.actor, item_id, "checklist:decide")
    back = url("item", client_id, item_id=item_id)
    form = WordsForm(request.POST if request.method == "POST" else None, initial={"version": asked.version}, **_NOTE)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            done = actions.send_item_back(request.actor, item_id=item_id, version=given["version"], note=given["words"])
        except ChangedMeanwhile:
            return words_collided(request, "send_back", item_id, form, back)
        messages.success(request, _("Sent back."))
        return _go_on(request, client_id, done)
    context = {"form": form, "title": asked.title, "back_url": back}
    return render(request, "checklists/send_back.html", context, status=422 if form.is_bound else 200)


@permission("checklist:send")
@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: ActorRequest, client_id: UUID, item_id: UUID) -> HttpResponse:
    """Ask whose turn an item is and by when, and say so."""
    asked = queries.item(request.actor, item_id, "checklist:send")
    initial = {"version": asked.version, "assignee": asked.assignee_id, "due": asked.due}
    people = people_on(request.actor, asked.side)
    form = AssignForm(request.POST if request.method == "POST" else None, initial=initial, people=people)
    back = url("item", client_id, item_id=item_id)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "title": asked.title, "back_url": back}
        return render(request, "checklists/assign.html", context, status=422 if form.is_bound else 200)
    given = form.cleaned_data
    try:
        actions.assign_item(
            request.actor,
            item_id=item_id,
            version=given["version"],
            assignee_id=given["assignee"],
            due=given["due"],
        )
    except ChangedMeanwhile:
        return _assign_collided(request, item_id, form, people, back)
    messages.success(request, _("Done."))
    return redirect(back)


def _assign_collided(
    request: ActorRequest, item_id: UUID, form: AssignForm, people: list[tuple[UUID, str]], back: str
) -> HttpResponse:
    """Answer with whose turn it is now and what was chosen; keeping that all the same is the person's choice."""
    now = queries.item(request.actor, item_id, "checklist:send")
    again = AssignForm(
        {"assignee": form.data.get("assignee", ""), "due": form.data.get("due", ""), "version": now.version},
        people=people,
    )
    who = dict(people).get(now.assignee_id, "") if now.assignee_id else ""
    context = {"form": again, "title": now.title, "back_url": back, "theirs": {"who": who, "due": now.due}}
    return render(request, "checklists/assign.html", context, status=409)


@permission("checklist:send")
@require_POST
def remind(request: ActorRequest, client_id: UUID, checklist_id: UUID) -> HttpResponse:
    """Remind of what is open on a checklist."""
    count = actions.remind_checklist(request.actor, checklist_id=checklist_id)
    said = ngettext("Reminded of %d open thing.", "Reminded of %d open things.", count) % count
    messages.success(request, said)
    return redirect("checklists:checklist", client_id=client_id, checklist_id=checklist_id)


@permission("checklist:send")
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: ActorRequest, client_id: UUID, checklist_id: UUID) -> HttpResponse:
    """Ask once, and close a checklist."""
    found = queries.checklist(request.actor, checklist_id, "checklist:send")
    back = url("checklist", client_id, checklist_id=checklist_id)
    if request.method != "POST":
        context = {"title": found.title, "to_do": found.counts.to_do, "back_url": back}
        return render(request, "checklists/close.html", context)
    actions.close_checklist(request.actor, checklist_id=checklist_id)
    messages.success(request, _("It is closed. What was answered stays."))
    return redirect(back)


def _go_on(request: ActorRequest, client_id: UUID, done: ItemFacts) -> HttpResponse:
    """Lead on to the next answer that waits, else back to the checklist."""
    page = queries.checklist_page(request.actor, done.checklist_id)
    waiting = [item for item in page.items if item.is_to_review]
    after = [item for item in waiting if item.number > done.number] or waiting
    if after:
        return redirect("checklists:item", client_id=client_id, item_id=after[0].id)
    return redirect("checklists:checklist", client_id=client_id, checklist_id=done.checklist_id)
