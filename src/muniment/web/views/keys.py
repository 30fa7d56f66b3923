"""Keys, their rotation and their destruction, for those who administer the firm."""

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

from muniment.core import clock, config
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.trust.access.types import permission, personal
from muniment.trust.clients import queries as clients
from muniment.trust.custody import actions, queries
from muniment.trust.custody.types import DestructionFacts
from muniment.trust.identity import queries as identity
from muniment.trust.vault import actions as vault
from muniment.web.forms import PublicIdField

TURNS = (
    ("clients", lazy("The keys of all clients")),
    ("people", lazy("The people key")),
    ("root", lazy("The root key")),
    ("signing", lazy("The signing key")),
)
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


class TurnForm(forms.Form):
    """Which keys to turn."""

    what = forms.ChoiceField(label="What", choices=TURNS)


class DestroyForm(forms.Form):
    """Whose key to destroy, and why."""

    kind = forms.ChoiceField(label="Whose key", choices=KINDS)
    subject = PublicIdField(
        label="Reference",
        help_text="The 22 characters in the address of the client, person or document.",
    )
    of_client = PublicIdField(label="Reference of the client", required=False, help_text="For a document alone.")
    reason = forms.CharField(label="Why", max_length=500)


class HoldForm(forms.Form):
    """What to keep, and why."""

    document = PublicIdField(label="Reference of a document", required=False, help_text="Empty: the whole client.")
    reason = forms.CharField(label="Why", max_length=500)


@personal("the query itself asks for key:list in the firm")
@require_safe
def inventory(request: HttpRequest) -> HttpResponse:
    """Show every key with its age and what it seals, and the rotation that is under way."""
    actor = _staff(request)
    found, now = queries.inventory(actor), clock.now()
    context = {
        "keys": [
            {
                "name": key.name,
                "algorithm": key.algorithm,
                "version": key.version,
                "turned_at": key.turned_at,
                "period_days": key.period_days,
                "seals": key.seals,
                "count": key.count,
                "overdue": key.is_overdue(now),
            }
            for key in found.keys
        ],
        "warnings": found.warnings,
        "turning": found.turning,
        "last": found.last_turning,
        "public_keys": vault.public_keys(),
        "form": TurnForm(),
        "destruction_url": reverse("keys:destructions"),
    }
    return render(request, "keys/inventory.html", context)


@personal("the action itself asks for key:turn in the firm")
@require_POST
def turn(request: HttpRequest) -> HttpResponse:
    """Begin a rotation."""
    form = TurnForm(request.POST)
    if not form.is_valid():
        return redirect("keys:inventory")
    actions.turn_keys(_staff(request), what=form.cleaned_data["what"])
    messages.success(
        request, _("The rotation has begun. The worker goes on with it every minute; people notice nothing.")
    )
    return redirect("keys:inventory")


@personal("query and action ask for key:destroy in the firm")
@require_http_methods(["GET", "POST"])
def destructions(request: HttpRequest) -> HttpResponse:
    """List destructions, and ask for another."""
    actor = _staff(request)
    rows = queries.destructions(actor)
    form = DestroyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        actions.ask_destruction(
            actor, kind=given["kind"], subject_id=given["subject"], of_client=given["of_client"], reason=given["reason"]
        )
        messages.success(request, _("Asked. Somebody else has to approve it."))
        return redirect("keys:destructions")
    people = identity.people({row.asked_by for row in rows} | {row.approved_by for row in rows})
    context = {
        "rows": [_row(actor, row, people) for row in rows],
        "form": form,
        "wait_days": config.current().destruction_wait_days,
        "keys_url": reverse("keys:inventory"),
    }
    return render(request, "keys/destructions.html", context, status=422 if form.is_bound else 200)


@personal("the action itself asks for key:destroy in the firm")
@require_POST
def approve(request: HttpRequest, destruction_id: UUID) -> HttpResponse:
    """Approve a destruction as the second person."""
    actions.approve_destruction(_staff(request), destruction_id=destruction_id)
    return redirect("keys:destructions")


@personal("the action itself asks for key:destroy in the firm")
@require_POST
def decline(request: HttpRequest, destruction_id: UUID) -> HttpResponse:
    """Decline a destruction as the second person."""
    actions.decline_destruction(_staff(request), destruction_id=destruction_id)
    return redirect("keys:destructions")


@personal("the action itself asks for key:destroy in the firm")
@require_POST
def take_back(request: HttpRequest, destruction_id: UUID) -> HttpResponse:
    """Take a destruction back."""
    actions.take_back_destruction(_staff(request), destruction_id=destruction_id)
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


@permission("hold:place")
@require_http_methods(["GET", "POST"])
def holds(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Show what must be kept of a client, and place a hold."""
    actor = _staff(request)
    rows = queries.holds(actor)
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        document = form.cleaned_data["document"]
        actions.place_hold(
            actor,
            kind="document" if document else "client",
            object_id=document or client_id,
            reason=form.cleaned_data["reason"],
        )
        return redirect("keys:holds", client_id=client_id)
    people = identity.people({row.placed_by for row in rows})
    context = {
        "rows": [
            {
                "what": _("The whole client") if row.kind == "client" else _("One document"),
                "object_id": row.object_id,
                "why": row.reason,
                "who": people[row.placed_by].name if row.placed_by in people else "",
                "at": row.placed_at,
                "lift_url": reverse("keys:lift_hold", kwargs={"client_id": client_id, "hold_id": row.id}),
            }
            for row in rows
        ],
        "form": form,
    }
    return render(request, "keys/holds.html", context, status=422 if form.is_bound else 200)


@permission("hold:place")
@require_POST
def lift_hold(request: HttpRequest, client_id: UUID, hold_id: UUID) -> HttpResponse:
    """Lift a hold."""
    actions.lift_hold(_staff(request), hold_id=hold_id)
    return redirect("keys:holds", client_id=client_id)


def _certificate(request: HttpRequest, destruction_id: UUID, form: str, media_type: str) -> HttpResponse:
    data = actions.download_certificate(_staff(request), destruction_id=destruction_id, form=form)
    headers = {"Content-Disposition": f'attachment; filename="certificate-of-destruction.{form}"'}
    return HttpResponse(data, content_type=media_type, headers=headers)


def _row(actor: Actor, row: DestructionFacts, people: dict[UUID, Any]) -> dict[str, Any]:
    tone, words = STATES[row.state]
    return {
        "id": row.id,
        "what": dict(KINDS)[row.kind],
        "subject_id": row.subject_id,
        "state": words,
        "tone": tone,
        "why": row.reason,
        "asked_by": people[row.asked_by].name if row.asked_by in people else "",
        "asked_at": row.asked_at,
        "approved_by": people[row.approved_by].name if row.approved_by in people else "",
        "due_at": row.due_at if row.state == "waiting" else None,
        "may_decide": row.state == "asked" and row.asked_by != actor.person_id,
        "may_take_back": row.state in {"asked", "waiting"},
        "has_certificate": row.certificate is not None,
    }


def _staff(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    if actor.kind != "staff" or clients.find_firm_id() is None:
        raise NotFound
    return actor
