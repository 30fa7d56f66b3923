"""Everybody with an account, for those who administer the firm: find somebody, shut them out, let them back."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_safe

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.trust.access import queries as access
from muniment.trust.access.types import personal
from muniment.trust.clients import queries as clients
from muniment.trust.identity.life.actions import disabling
from muniment.trust.identity.life.queries import everybody as queries
from muniment.trust.identity.life.types import FILTERS, ByFilter, PersonRow

WHY = "the query itself asks who administers for person:list in the firm"
WHY_ACT = "the action itself asks who administers for person:end in the firm"
FILTER_WORDS: dict[ByFilter, Any] = {
    "": lazy("Everybody"),
    "no-factor": lazy("Without a second step"),
    "inactive": lazy("Did not sign in for long"),
    "locked": lazy("Delayed after wrong tries"),
    "external": lazy("Outside the firm"),
    "disabled": lazy("Shut out"),
}
MEANINGS: dict[ByFilter, Any] = {
    "no-factor": lazy("Who can sign in and has neither an authenticator app nor a passkey or key of their own here."),
    "inactive": lazy(
        "Who can sign in and did not for 76 days, counted from when they came or were let back. They are warned and "
        "then shut out as the conditions of their clients say."
    ),
    "locked": lazy("Whose sign-in waits now, from somewhere, because of wrong tries."),
    "external": lazy(
        "Who can sign in and does not work for the firm: contacts of clients, those who left their client among them. "
        "Guests, who open what a link gives them, have no account and are on no page of this list."
    ),
    "disabled": lazy(
        "Who cannot sign in: shut out by an administrator, by silence or by a directory, or not of the firm any more."
    ),
}
WHY_WORDS = {
    "administrator": lazy("by an administrator"),
    "inactive": lazy("because they did not sign in for long"),
    "directory": lazy("by the directory of their organisation"),
}


@personal(WHY, of_firm=True)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show everybody, the newest first, by filter, name or address."""
    actor = _actor(request)
    only: ByFilter = next((name for name in FILTERS if name and name == request.GET.get("only")), "")
    text = request.GET.get("find", "")[:200]
    page = queries.everybody(actor, only=only, text=text, before=_id(request, "before"), after=_id(request, "after"))
    numbers = queries.counts(actor)
    shown = {
        "people": [_row(found) for found in page.rows],
        "unread": page.unread,
        "only": only,
        "meaning": MEANINGS.get(only, ""),
        "text": text,
        "filters": [(name, f"{words} ({numbers[name]})") for name, words in FILTER_WORDS.items()],
        "newer_url": _address(only, text, after=page.newer),
        "older_url": _address(only, text, before=page.older),
        "firm_url": reverse("people:list", kwargs={"client_id": clients.firm_id()}),
    }
    return render(request, "people/everybody.html", shown)


@personal(WHY, of_firm=True)
@require_safe
def somebody(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Show one person: where they belong, how they sign in, and what can be done."""
    actor = _actor(request)
    found = queries.somebody(actor, person_id)
    may = "person:end" in actor.firm_verbs and person_id != actor.person_id
    shown = {
        "one": _row(found),
        "clients": found.clients,
        "may": may,
        "administers": person_id in access.administrators(),
        "erase_url": reverse("keys:destructions") if "key:destroy" in actor.firm_verbs else None,
        "back_url": reverse("everybody:list"),
    }
    return render(request, "people/somebody.html", shown)


@personal(WHY_ACT, of_firm=True)
@require_http_methods(["GET", "POST"])
def disable(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Ask, then shut a person out."""
    actor = _administering(request, person_id)
    if request.method == "POST":
        disabling.disable_person(actor, person_id=person_id)
        messages.success(request, _("They are signed out everywhere, and cannot come in any more."))
        return redirect("everybody:one", person_id=person_id)
    return _ask(request, "people/disable.html", queries.somebody(actor, person_id))


@personal(WHY_ACT, of_firm=True)
@require_http_methods(["GET", "POST"])
def enable(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Ask, then let a person back."""
    actor = _administering(request, person_id)
    if request.method == "POST":
        disabling.enable_person(actor, person_id=person_id)
        messages.success(request, _("They can sign in again, as before."))
        return redirect("everybody:one", person_id=person_id)
    return _ask(request, "people/enable.html", queries.somebody(actor, person_id))


@personal(WHY_ACT, of_firm=True)
@require_http_methods(["GET", "POST"])
def break_glass(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Ask, then say that an administrator is the one for emergencies, or is not any more."""
    actor = _administering(request, person_id)
    found = queries.somebody(actor, person_id)
    if request.method == "POST":
        disabling.set_break_glass(actor, person_id=person_id, on=not found.is_break_glass)
        return redirect("everybody:one", person_id=person_id)
    return _ask(request, "people/break_glass.html", found)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined] # set by web.middleware.actors
    return actor


def _administering(request: HttpRequest, person_id: UUID) -> Actor:
    actor = _actor(request)
    if "person:end" not in actor.firm_verbs or person_id == actor.person_id:
        raise NotFound
    return actor


def _ask(request: HttpRequest, template: str, found: PersonRow) -> HttpResponse:
    back = reverse("everybody:one", kwargs={"person_id": found.id})
    return render(request, template, {"one": _row(found), "back_url": back})


def _id(request: HttpRequest, name: str) -> UUID | None:
    try:
        return ids.private(request.GET[name]) if request.GET.get(name) else None
    except ValueError:
        return None


def _address(only: str, text: str, **key: UUID | None) -> str:
    name, value = next(iter(key.items()))
    if value is None:
        return ""
    asked = {"only": only, "find": text, name: ids.public(value)}
    return f"{reverse('everybody:list')}?{urlencode({part: one for part, one in asked.items() if one})}"


def _row(found: PersonRow) -> dict[str, Any]:
    state, tone = _state(found)
    return {
        **{name: getattr(found, name) for name in ("id", "name", "email", "created_at", "seen_at", "disabled_at")},
        "is_staff": found.kind == "staff",
        "is_break_glass": found.is_break_glass,
        "is_locked": found.is_locked,
        "has_factor": found.has_factor,
        "warned_at": found.warned_at,
        "why": WHY_WORDS.get(found.why_disabled, ""),
        "state": state,
        "tone": tone,
        "url": reverse("everybody:one", kwargs={"person_id": found.id}),
    }


def _state(found: PersonRow) -> tuple[str, str]:
    if found.disabled_at:
        return _("shut out"), "red"
    if found.is_locked:
        return _("delayed"), "brass"
    if not found.has_factor:
        return _("no second step"), "brass"
    return _("active"), "green"
