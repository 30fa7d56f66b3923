"""Keys, their rotation, and what must be kept, for those who administer the firm."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.trust.access.types import permission, personal
from muniment.trust.clients import queries as clients
from muniment.trust.custody import actions, queries
from muniment.trust.identity import queries as identity
from muniment.trust.vault import actions as vault
from muniment.web.forms import PublicIdField
from muniment.web.views.choosing import ChoosingForm, document_choices

TURNS = (
    ("clients", lazy("The keys of all clients")),
    ("people", lazy("The people key")),
    ("root", lazy("The root key")),
    ("signing", lazy("The signing key")),
    ("log", lazy("The log key")),
)


class TurnForm(forms.Form):
    """Which keys to turn."""

    what = forms.ChoiceField(label="What", choices=TURNS)


class HoldForm(forms.Form):
    """What to keep, and why."""

    document = PublicIdField(required=False)
    reason = forms.CharField(label=lazy("Why"), max_length=500)


@personal("the query itself asks for key:list in the firm")
@require_safe
def inventory(request: HttpRequest) -> HttpResponse:
    """Show every key with its age and what it seals, and the rotation that is under way."""
    actor = staff(request)
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
    actions.turn_keys(staff(request), what=form.cleaned_data["what"])
    messages.success(
        request, _("The rotation has begun. The worker goes on with it every minute; people notice nothing.")
    )
    return redirect("keys:inventory")


@permission("hold:place")
@require_http_methods(["GET", "POST"])
def holds(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Show what must be kept of a client, and place a hold on all of it or on a document from the list."""
    actor, asked = staff(request), ChoosingForm(request.GET)
    if not asked.is_valid():
        raise Invalid
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
        "chosen": form["document"].value() or "",
        "choices": document_choices(actor, "hold:place", asked, {}),
    }
    return render(request, "keys/holds.html", context, status=422 if form.is_bound else 200)


@permission("hold:place")
@require_POST
def lift_hold(request: HttpRequest, client_id: UUID, hold_id: UUID) -> HttpResponse:
    """Lift a hold."""
    actions.lift_hold(staff(request), hold_id=hold_id)
    return redirect("keys:holds", client_id=client_id)


def staff(request: HttpRequest) -> Actor:
    """Return the actor, who works for the firm.

    Raises:
        NotFound: a contact asked, or the portal was never set up.
    """
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    if actor.kind != "staff" or clients.find_firm_id() is None:
        raise NotFound
    return actor
