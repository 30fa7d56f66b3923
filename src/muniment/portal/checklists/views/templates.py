"""Templates of the firm: put together, sent to many clients at once, retired."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.portal.checklists import actions, queries
from muniment.portal.checklists.forms import ManyForm, TitleForm
from muniment.portal.checklists.plans import Plan
from muniment.portal.checklists.requests import ActorRequest
from muniment.portal.checklists.types import Reached, Sending, TemplateFacts
from muniment.portal.checklists.views import building
from muniment.portal.checklists.views.building import Bench
from muniment.portal.checklists.views.shown import names_of, url
from muniment.trust.access.types import personal
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity

_WHOSE = "works on the firm's templates; asks for checklist-template:set in the firm"


@personal(_WHOSE, of_firm=True)
@require_safe
def listing(request: ActorRequest) -> HttpResponse:
    """Show the templates there are."""
    rows = queries.templates(_firm(request))
    names = names_of(row.changed_by for row in rows)
    context = {
        "rows": [
            {
                "title": row.plan.title,
                "items": len(row.plan.items),
                "changed_at": row.changed_at,
                "changed_by": names.get(row.changed_by, "") if row.changed_by else "",
                "url": _to("template", row.id),
                "send_url": _to("send_template", row.id),
            }
            for row in rows
        ]
    }
    return render(request, "checklists/templates.html", context)


@personal(_WHOSE, of_firm=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """Ask what a template is called, and make it."""
    firm = _firm(request)
    queries.templates(firm)  # decides whether there is such a page
    form = TitleForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "back_url": reverse("checklists:templates")}
        return render(request, "checklists/new_template.html", context, status=422 if form.is_bound else 200)
    made = actions.make_template(firm, plan=Plan(form.cleaned_data["title"], form.cleaned_data["intro"]))
    return redirect("checklists:template", template_id=made.id)


@personal(_WHOSE, of_firm=True)
@require_http_methods(["GET", "HEAD", "POST"])
def template(request: ActorRequest, template_id: UUID) -> HttpResponse:
    """Show a template, and take another title."""
    return building.page(request, _bench(_firm(request), template_id))


@personal(_WHOSE, of_firm=True)
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: ActorRequest, template_id: UUID, number: int) -> HttpResponse:
    """Ask for what one item asks for; 0 is a new one."""
    return building.item(request, _bench(_firm(request), template_id), number)


@personal(_WHOSE, of_firm=True)
@require_POST
def move(request: ActorRequest, template_id: UUID, number: int) -> HttpResponse:
    """Move an item up or down, or take it away."""
    return building.move(request, _bench(_firm(request), template_id), number)


@personal(_WHOSE, of_firm=True)
@require_http_methods(["GET", "HEAD", "POST"])
def retire(request: ActorRequest, template_id: UUID) -> HttpResponse:
    """Ask once, and offer a template no more."""
    firm = _firm(request)
    found = queries.template(firm, template_id)
    if request.method != "POST":
        context = {"title": found.plan.title, "back_url": _to("template", template_id)}
        return render(request, "checklists/retire.html", context)
    actions.retire_template(firm, template_id=template_id)
    messages.success(request, _("It is not offered any more. What was sent stays."))
    return redirect("checklists:templates")


@personal(_WHOSE, of_firm=True)
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: ActorRequest, template_id: UUID) -> HttpResponse:
    """Ask for clients, and ask each of them for what the template says."""
    firm = _firm(request)
    found = queries.template(firm, template_id)
    companies = identity.companies(queries.clients_to_ask(firm) - {firm.client})
    named = sorted(((row.id, row.name) for row in companies.values()), key=lambda one: one[1].casefold())
    form = ManyForm(request.POST if request.method == "POST" else None, words=found.plan.words(), companies=named)
    context: dict[str, Any] = {"form": form, "title": found.plan.title, "items": len(found.plan.items)}
    context |= {"back_url": _to("template", template_id), "has_clients": bool(named)}
    if request.method != "POST" or not form.is_valid():
        return render(request, "checklists/send_template.html", context, status=422 if form.is_bound else 200)
    sending = Sending(form.cleaned_data["counted_from"], form.values())
    reached = actions.send_to_many(
        request.actor, template_id=template_id, client_ids=form.cleaned_data["clients"], sending=sending
    )
    names = dict(named)
    done = sum(one.checklist_id is not None for one in reached)
    said = ngettext("Sent to %d client.", "Sent to %d clients.", done) % done
    context |= {"said": said, "reached": [_reached(one, names) for one in reached]}
    return render(request, "checklists/sent_to_many.html", context)


def _reached(one: Reached, names: dict[UUID, str]) -> dict[str, str]:
    where = url("checklist", one.client_id, checklist_id=one.checklist_id) if one.checklist_id else ""
    return {"name": names.get(one.client_id, ""), "url": where, "refusal": _(one.refusal) if one.refusal else ""}


def _firm(request: ActorRequest) -> Actor:
    """Return the person at work in the firm's own space; for anybody else there is no such page."""
    if request.actor.kind != "staff":
        raise NotFound
    return request.actor.within(clients.firm_id())


def _bench(firm: Actor, template_id: UUID) -> Bench:
    found = queries.template(firm, template_id)
    if found.retired_at is not None:
        raise NotFound

    def save(plan: Plan, version: int) -> TemplateFacts:
        return actions.change_template(firm, template_id=template_id, version=version, plan=plan)

    def load() -> tuple[Plan, int]:
        now = queries.template(firm, template_id)
        return now.plan, now.version

    steps = [{"label": _("Templates"), "url": reverse("checklists:templates")}, {"label": found.plan.title, "url": ""}]
    return Bench(
        plan=found.plan,
        version=found.version,
        page_url=_to("template", template_id),
        item_url=lambda key: _to("template_item", template_id, number=key),
        move_url=lambda key: _to("template_move", template_id, number=key),
        save=save,
        load=load,
        more={
            "crumbs": steps,
            "send_url": _to("send_template", template_id),
            "end_url": _to("retire_template", template_id),
            "is_template": True,
        },
    )


def _to(name: str, template_id: UUID, **where: int) -> str:
    return reverse(f"checklists:{name}", kwargs={"template_id": template_id, **where})
