"""Confirm that it is you, with a passkey first, else a code; and go on where you were."""

from typing import Any
from urllib.parse import urlencode

from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from muniment.trust.access.types import personal
from muniment.trust.identity import models, queries
from muniment.trust.identity.passkeys.queries import has_passkey
from muniment.trust.identity.stepping_up import kept
from muniment.trust.identity.stepping_up.actions import note_confirmed
from muniment.trust.identity.stepping_up.forms import ConfirmCode
from muniment.trust.identity.stepping_up.ways import ways


@personal("proves again who is signed in")
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask for a passkey or a code; afterwards the person goes on."""
    person: models.Person = request.user  # type: ignore[assignment] # signed in, or the page is not theirs
    form = ConfirmCode(request.POST if request.method == "POST" else None, request=request, person=person)
    if form.is_valid() and form.proof is not None:
        return confirmed(request, form.proof)
    return page(request, form, status=422 if form.is_bound else 200)


@personal("sends again what one sent oneself")
@require_http_methods(["GET", "HEAD"])
def again(request: HttpRequest) -> HttpResponse:
    """Show that what was sent before the confirmation waits, and let the person send it; never by itself."""
    waiting = kept.kept(request.session, request.GET.get("form", ""))
    if waiting is None:
        return redirect("web:home")
    return render(request, "stepping_up/again.html", {"waiting": waiting, "shown": _words(waiting)})


def page(request: HttpRequest, form: ConfirmCode | None = None, *, status: int = 200, wrong: str = "") -> HttpResponse:
    """Show the ways in which a person can confirm; `wrong` is what was wrong with a passkey."""
    person: models.Person = request.user  # type: ignore[assignment] # signed in, or the page is not theirs
    onward = next_of(request)
    by_passkey = "passkey" in (request.POST.get("by"), request.GET.get("by"))
    with_code = not by_passkey and (queries.has_app(person.id) or bool(_codes_left(request)))
    shown: dict[str, Any] = {
        "form": (form or ConfirmCode(request=request, person=person)) if with_code else None,
        "has_app": queries.has_app(person.id),
        "has_passkey": has_passkey(person.id),
        "ways": [] if by_passkey else _ways(request, onward),
        "next": onward,
        "by_passkey": by_passkey,
        "waits": onward.startswith(reverse("confirmed_again")),
        "wrong": wrong,
    }
    return render(request, "stepping_up/confirm.html", shown, status=status)


def confirmed(request: HttpRequest, proof: Authenticator) -> HttpResponse:
    """Take what a person has just proved down in the session and in the log, and go on."""
    post_authentication(request, proof, reauthenticated=True)
    note_confirmed(queries.actor_for(request, None), kind=proof.type)
    request.session.cycle_key()
    return redirect(next_of(request))


def next_of(request: HttpRequest) -> str:
    """Return where the person goes on: a page of the portal, whatever the address said."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=True) and wanted.startswith("/")
    return wanted if safe else reverse("account:index")


def _ways(request: HttpRequest, onward: str) -> list[dict[str, str]]:
    return [{"label": way.label, "url": f"{way.url}?{urlencode({'next': onward})}"} for way in ways(request)]


def _codes_left(request: HttpRequest) -> int:
    return queries.sign_in_facts(queries.actor_for(request, None)).recovery_codes_left


def _words(waiting: kept.Kept) -> list[str]:
    """Return what the person typed, as far as it is words: ids and switches would tell them nothing."""
    return [value for _name, value in waiting.fields if " " in value or "@" in value][:5]
