"""A checklist for one client: begun, put together, sent or given up."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from muniment.core.actor import Actor
from muniment.portal.checklists import actions, queries
from muniment.portal.checklists.forms import BeginForm, SendingForm, VersionForm
from muniment.portal.checklists.item_forms import as_typed
from muniment.portal.checklists.plans import Plan
from muniment.portal.checklists.requests import ActorRequest
from muniment.portal.checklists.types import DraftFacts, Sending
from muniment.portal.checklists.views import building
from muniment.portal.checklists.views.building import Bench
from muniment.portal.checklists.views.shown import crumbs, people_on, url
from muniment.portal.documents import queries as documents
from muniment.trust.access.types import permission

DOCUMENTS_OFFERED = 20


@permission("checklist:send")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActorRequest, client_id: UUID) -> HttpResponse:
    """Ask what a checklist is begun with, and begin it."""
    known = queries.templates_to_send(request.actor)
    form = BeginForm(
        request.POST if request.method == "POST" else None, templates=[(row.id, row.plan.title) for row in known]
    )
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "has_templates": bool(known), "back_url": url("list", client_id)}
        return render(request, "checklists/new.html", context, status=422 if form.is_bound else 200)
    template_id = form.cleaned_data["template"]
    plan = Plan(_("New checklist"))
    if template_id is not None:
        plan = queries.template_to_begin(request.actor, template_id).plan
    made = actions.begin_draft(request.actor, plan=plan, template_id=template_id)
    return redirect("checklists:draft", client_id=client_id, draft_id=made.id)


@permission("checklist:send")
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: ActorRequest, client_id: UUID, draft_id: UUID) -> HttpResponse:  # noqa: ARG001 - of every address
    """Show a checklist that is not sent yet, and take another title."""
    return building.page(request, _bench(request.actor, draft_id))


@permission("checklist:send")
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: ActorRequest, client_id: UUID, draft_id: UUID, number: int) -> HttpResponse:  # noqa: ARG001 - as above
    """Ask for what one item asks for; 0 is a new one."""
    bench = _bench(request.actor, draft_id, with_choices=True, chosen=request.POST.getlist("document"))
    return building.item(request, bench, number)


@permission("checklist:send")
@require_POST
def move(request: ActorRequest, client_id: UUID, draft_id: UUID, number: int) -> HttpResponse:  # noqa: ARG001 - as above
    """Move an item up or down, or take it away."""
    return building.move(request, _bench(request.actor, draft_id), number)


@permission("checklist:send")
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: ActorRequest, client_id: UUID, draft_id: UUID) -> HttpResponse:
    """Ask what stands for the words in braces, and send the checklist."""
    found = queries.draft(request.actor, draft_id)
    is_sent = request.method == "POST"
    form = SendingForm(request.POST if is_sent else None, words=found.plan.words())
    seen = VersionForm(request.POST if is_sent else None, initial={"version": found.version})
    if not (is_sent and seen.is_valid() and form.is_valid()):
        context = {
            "form": form,
            "seen": seen,
            "title": found.plan.title,
            "items": len(found.plan.items),
            "back_url": url("draft", client_id, draft_id=draft_id),
        }
        return render(request, "checklists/send_draft.html", context, status=422 if form.is_bound else 200)
    sending = Sending(form.cleaned_data["counted_from"], form.values())
    version = seen.cleaned_data["version"]
    sent = actions.send_draft(request.actor, draft_id=draft_id, version=version, sending=sending)
    messages.success(request, _("It is sent."))
    return redirect("checklists:checklist", client_id=client_id, checklist_id=sent.id)


@permission("checklist:send")
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: ActorRequest, client_id: UUID, draft_id: UUID) -> HttpResponse:
    """Ask once, and give a draft up."""
    found = queries.draft(request.actor, draft_id)
    if request.method != "POST":
        context = {"title": found.plan.title, "back_url": url("draft", client_id, draft_id=draft_id)}
        return render(request, "checklists/discard.html", context)
    actions.discard_draft(request.actor, draft_id=draft_id)
    messages.success(request, _("It is gone."))
    return redirect("checklists:list", client_id=client_id)


def _bench(actor: Actor, draft_id: UUID, *, with_choices: bool = False, chosen: Iterable[str] = ()) -> Bench:
    """Return a draft to work on; with people and documents to choose from, those of `chosen` (public ids) too."""
    found, client_id = queries.draft(actor, draft_id), actor.client

    def save(plan: Plan, version: int) -> DraftFacts:
        return actions.change_draft(actor, draft_id=draft_id, version=version, plan=plan)

    def load() -> tuple[Plan, int]:
        now = queries.draft(actor, draft_id)
        return now.plan, now.version

    people = [*people_on(actor, "client"), *people_on(actor, "firm")] if with_choices else []
    kept = [as_typed(one)["document"] for one in found.plan.items]
    papers = documents.offered_documents(actor, DOCUMENTS_OFFERED, [*chosen, *kept]) if with_choices else []
    return Bench(
        plan=found.plan,
        version=found.version,
        page_url=url("draft", client_id, draft_id=draft_id),
        item_url=lambda key: url("draft_item", client_id, draft_id=draft_id, number=key),
        move_url=lambda key: url("draft_move", client_id, draft_id=draft_id, number=key),
        save=save,
        load=load,
        people=people,
        documents=papers,
        more={
            "crumbs": crumbs(client_id, (found.plan.title, "")),
            "send_url": url("send_draft", client_id, draft_id=draft_id),
            "end_url": url("discard_draft", client_id, draft_id=draft_id),
            "is_template": False,
        },
    )
