"""Destructions of keys as those who administer the firm see them: the list, and asking for one from lists."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.core import config
from muniment.core.actor import Actor
from muniment.core.errors import Invalid
from muniment.trust.access.types import personal
from muniment.trust.clients import queries as clients
from muniment.trust.custody import actions, queries
from muniment.trust.custody.types import DestructionFacts
from muniment.trust.identity import queries as identity
from muniment.web.forms import PublicIdField
from muniment.web.views.choosing import Choice, Choices, ChoosingForm, document_choices, page_of
from muniment.web.views.keys import staff

KINDS = (("client", lazy("Client")), ("person", lazy("Person")), ("document", lazy("Document")))
STATES = {
    "asked": ("brass", lazy("Waits for a second person")),
    "waiting": ("brass", lazy("Waits for its time")),
    "declined": ("line", lazy("Declined")),
    "taken-back": ("line", lazy("Taken back")),
    "destroyed": ("blue", lazy("Destroyed, being proved")),
    "proved": ("green", lazy("Destroyed and proved")),
    "failed": ("red", lazy("Something still opens")),
}


class AskForm(ChoosingForm):
    """What the key is of, and which page of the list is looked at."""

    kind = forms.ChoiceField(choices=KINDS, required=False)
    client = PublicIdField(required=False)


class DestroyForm(forms.Form):
    """Whose key to destroy, and why."""

    subject = PublicIdField()
    reason = forms.CharField(
        label=lazy("Why"), max_length=500, help_text=lazy("It stands in the log and on the certificate.")
    )


@personal("the query itself asks for key:destroy in the firm")
@require_safe
def destructions(request: HttpRequest) -> HttpResponse:
    """List destructions, newest first."""
    actor = staff(request)
    rows = queries.destructions(actor)
    people = identity.people(
        {row.asked_by for row in rows}
        | {row.approved_by for row in rows}
        | {row.subject_id for row in rows if row.kind == "person"}
    )
    companies = identity.companies({row.of_client for row in rows if row.of_client} & set(clients.client_ids()))
    names = {company.id: company.name for company in companies.values()} | {one.id: one.name for one in people.values()}
    context = {
        "rows": [_row(actor, row, names) for row in rows],
        "kinds": [{"words": words, "url": f"{reverse('keys:ask_destruction')}?kind={kind}"} for kind, words in KINDS],
        "wait_days": config.current().destruction_wait_days,
        "keys_url": reverse("keys:inventory"),
    }
    return render(request, "keys/destructions.html", context)


@personal("query and action ask for key:destroy in the firm")
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Choose a client, a person or a document from a list, and ask for the destruction of its key."""
    actor, asked = staff(request), AskForm(request.GET)
    if not asked.is_valid():
        raise Invalid
    kind, of_client = asked.cleaned_data["kind"] or KINDS[0][0], asked.cleaned_data["client"]
    form = DestroyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        actions.ask_destruction(
            actor,
            kind=kind,
            subject_id=given["subject"],
            of_client=of_client if kind == "document" else None,
            reason=given["reason"],
        )
        messages.success(request, _("Asked. Somebody else has to approve it."))
        return redirect("keys:destructions")
    here = reverse("keys:ask_destruction")
    context = {
        "kinds": [{"words": words, "url": f"{here}?kind={name}", "is_here": name == kind} for name, words in KINDS],
        "choices": _choices(actor, kind, of_client, asked),
        "form": form,
        "chosen": form["subject"].value() or "",
        "of_client": identity.company(of_client).name if kind == "document" and of_client else "",
        "wait_days": config.current().destruction_wait_days,
        "back_url": reverse("keys:destructions"),
    }
    return render(request, "keys/destroy.html", context, status=422 if form.is_bound else 200)


def _choices(actor: Actor, kind: str, of_client: UUID | None, asked: AskForm) -> Choices:
    """Return what can be chosen; for a document without its client, the clients as links to theirs."""
    find, number = asked.cleaned_data["find"], asked.wanted_page
    kept = {"kind": kind}
    if kind == "person":
        people = queries.destructible_people(actor, find)
        return page_of([Choice(one.id, one.name, one.email) for one in people], find, number, kept)
    if kind == "document" and of_client is not None:
        return document_choices(actor.within(of_client), "key:destroy", asked, kept | {"client": of_client})
    rows = [Choice(one.id, one.name, one.line) for one in queries.destructible_clients(actor, find)]
    return page_of(rows, find, number, kept, leads_to="client" if kind == "document" else "")


@personal("the action itself asks for key:destroy in the firm")
@require_POST
def approve(request: HttpRequest, destruction_id: UUID) -> HttpResponse:
    """Approve a destruction as the second person."""
    actions.approve_destruction(staff(request), destruction_id=destruction_id)
    return redirect("keys:destructions")


@personal("the action itself asks for key:destroy in the firm")
@require_POST
def decline(request: HttpRequest, destruction_id: UUID) -> HttpResponse:
    """Decline a destruction as the second person."""
    actions.decline_destruction(staff(request), destruction_id=destruction_id)
    return redirect("keys:destructions")


@personal("the action itself asks for key:destroy in the firm")
@require_POST
def take_back(request: HttpRequest, destruction_id: UUID) -> HttpResponse:
    """Take a destruction back."""
    actions.take_back_destruction(staff(request), destruction_id=destruction_id)
    return redirect("keys:destructions")


@personal("the action itself asks for key:destroy in the firm")
@require_safe
def certificate_json(request: HttpRequest, destruction_id: UUID) -> HttpResponse:
    """Hand out a certificate as a signed file."""
    return _certificate(request, destruction_id, "json", "application/json")


@personal("the action itself asks for key:destroy in the firm")
@require_safe
def certificate_pdf(request: HttpRequest, destruction_id: UUID) -> HttpResponse:
    """Hand out a certificate as a page."""
    return _certificate(request, destruction_id, "pdf", "application/pdf")


def _certificate(request: HttpRequest, destruction_id: UUID, form: str, media_type: str) -> HttpResponse:
    data = actions.download_certificate(staff(request), destruction_id=destruction_id, form=form)
    headers = {"Content-Disposition": f'attachment; filename="certificate-of-destruction.{form}"'}
    return HttpResponse(data, content_type=media_type, headers=headers)


def _row(actor: Actor, row: DestructionFacts, names: dict[UUID, str]) -> dict[str, Any]:
    tone, words = STATES[row.state]
    return {
        "id": row.id,
        "what": dict(KINDS)[row.kind],
        "name": names.get(row.of_client or row.subject_id, ""),
        "subject_id": row.subject_id,
        "state": words,
        "tone": tone,
        "why": row.reason,
        "asked_by": names.get(row.asked_by, ""),
        "asked_at": row.asked_at,
        "approved_by": names.get(row.approved_by, "") if row.approved_by else "",
        "due_at": row.due_at if row.state == "waiting" else None,
        "may_decide": row.state == "asked" and row.asked_by != actor.person_id,
        "may_take_back": row.state in {"asked", "waiting"},
        "has_certificate": row.certificate is not None,
    }
