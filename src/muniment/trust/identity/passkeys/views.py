"""Sign in, pass the second step and confirm with a passkey or security key; add, rename and remove them.

Each page works in two posts to its own address: `begin` is answered with what the browser needs, and the second
brings what the authenticator said.
"""

from typing import Any
from uuid import UUID

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.stages import AuthenticateStage
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from muniment.trust.access.types import personal, public, unlogged
from muniment.trust.identity import models, origin, queries
from muniment.trust.identity.errors import LastFactor
from muniment.trust.identity.middleware import CODES
from muniment.trust.identity.passkeys import actions, ceremonies, forms, proving
from muniment.trust.identity.passkeys.queries import credentials_of, passkey, rows_of
from muniment.trust.identity.passkeys.types import Unproved
from muniment.trust.identity.stepping_up.views import confirmed, page
from muniment.trust.identity.views.confirming import before_enrolling, confirmed_by_code


@login_not_required
@unlogged("nobody is known yet and nothing is shown; every try leaves its own entry")
@public("signing in with a passkey alone")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign somebody in by a passkey whose device made sure who holds it: that is both factors."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(get_next_redirect_url(request) or reverse("web:home"))
    if _begins(request):
        proving.count_challenge(request)
        return JsonResponse(ceremonies.options_to_prove(request.session, "sign-in", None, []))
    wrong = ""
    if request.method == "POST":
        proof, wrong = _proof(request, "sign-in", None)
        if proof is not None:
            post_authentication(request, proof, passwordless=True)
            answer: HttpResponse = perform_login(
                request, Login(user=proof.user, redirect_url=get_next_redirect_url(request))
            )
            return answer
    shown = {"wrong": wrong, "next": get_next_redirect_url(request) or ""}
    return render(request, "passkeys/sign_in.html", shown, status=422 if wrong else 200)


def _second_step(request: HttpRequest) -> HttpResponse:
    stage = request._login_stage  # type: ignore[attr-defined] # noqa: SLF001 - where the library puts it
    person: models.Person = stage.login.user
    if _begins(request):
        known = credentials_of(person.id)
        return JsonResponse(ceremonies.options_to_prove(request.session, "second-step", person.id, known))
    if request.method == "POST":
        proof, wrong = _proof(request, "second-step", person)
        if proof is not None:
            post_authentication(request, proof)
            answer: HttpResponse = stage.exit()
            return answer
        messages.error(request, wrong)
    return redirect("mfa_authenticate")


second_step = login_not_required(
    unlogged("nobody is known yet and nothing is shown; every try leaves its own entry")(
        public("the second step of signing in, by a passkey or security key")(
            require_http_methods(["GET", "POST"])(
                login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")(_second_step)
            )
        )
    )
)


@personal("proves again who is signed in")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Confirm that it is the person who signed in."""
    person: models.Person = request.user  # type: ignore[assignment] # signed in, or the page is not theirs
    if _begins(request):
        known, sure = credentials_of(person.id), all(row.data["alone"] for row in rows_of(person.id))
        return JsonResponse(ceremonies.options_to_prove(request.session, "confirm", person.id, known, verified=sure))
    if request.method != "POST":
        return page(request)
    proof, wrong = _proof(request, "confirm", person)
    return confirmed(request, proof) if proof is not None else page(request, status=422, wrong=wrong)


@personal("one's own passkeys")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Add a passkey or security key: the first one right away, every other after a confirmation."""
    actor = queries.actor_for(request, None)
    if (led := before_enrolling(request)) is not None:
        return led
    kind = request.GET.get("kind") or "passkey"
    form = forms.New(request.POST or None, initial={"kind": kind, "name": origin.device(request)})
    if not form.is_valid():
        return _add_page(request, form, status=422 if form.is_bound else 200)
    person: models.Person = request.user  # type: ignore[assignment] # signed in, or the page is not theirs
    alone = form.cleaned_data["kind"] == "passkey"
    if _begins(request):
        known, firm = credentials_of(person.id), queries.firm_name()
        return JsonResponse(ceremonies.options_to_make(request.session, person, known, firm=firm, alone=alone))
    try:
        made = ceremonies.made(request.session, person, proving.as_json(form.cleaned_data["credential"]))
    except Unproved:
        form.add_error(None, _("It was not added: it took too long, or the device did not answer. Try again."))
        return _add_page(request, form, status=422)
    row, codes = actions.add_passkey(actor, made=made, name=form.cleaned_data["name"])
    record_authentication(request, person, "mfa", id=row.pk, type="webauthn", reauthenticated=True)
    request.session.cycle_key()
    if codes:
        request.session[CODES] = list(codes)
        return redirect("mfa_view_recovery_codes")
    messages.success(request, _("It is added, and works from now on."))
    return redirect("account:index")


@personal("one's own passkeys")
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: HttpRequest, passkey_id: UUID) -> HttpResponse:
    """Call one something else."""
    actor = queries.actor_for(request, None)
    known = passkey(actor, passkey_id)
    form = forms.Name(request.POST if request.method == "POST" else None, initial={"name": known.name})
    if not form.is_valid():
        shown = {"form": form, "passkey": known}
        return render(request, "passkeys/rename.html", shown, status=422 if form.is_bound else 200)
    actions.rename_passkey(actor, passkey_id=passkey_id, name=form.cleaned_data["name"])
    return redirect("account:index")


@personal("one's own passkeys")
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_by_code
def remove(request: HttpRequest, passkey_id: UUID) -> HttpResponse:
    """Ask once, and take one away."""
    actor = queries.actor_for(request, None)
    known = passkey(actor, passkey_id)
    wrong = ""
    if request.method == "POST":
        try:
            actions.remove_passkey(actor, passkey_id=passkey_id)
        except LastFactor as refusal:
            wrong = refusal.sentence
        else:
            request.session.cycle_key()
            messages.success(request, _("It is removed. It signs nobody in any more."))
            return redirect("account:index")
    shown = {"passkey": known, "wrong": wrong}
    return render(request, "passkeys/remove.html", shown, status=409 if wrong else 200)


def _begins(request: HttpRequest) -> bool:
    return request.method == "POST" and request.POST.get("begin") == "1"


def _proof(request: HttpRequest, purpose: Any, person: models.Person | None) -> tuple[Any, str]:
    """Return what an answer proves, or what to tell the person; nobody learns which part of it was wrong.

    Raises:
        TooManyTries: too many answers for this credential failed before.
    """
    found = proving.proved(request, purpose, request.POST.get("credential", ""), person)
    return found, "" if found else _("This did not work: it took too long, or it is not a key of yours. Try again.")


def _add_page(request: HttpRequest, form: forms.New, *, status: int) -> HttpResponse:
    is_first = request.user.pk is not None and not queries.has_factor(request.user.pk)
    kind = form["kind"].value()
    return render(
        request, "passkeys/add.html", {"form": form, "is_key": kind == "key", "is_first": is_first}, status=status
    )


__all__ = ["add", "confirm", "remove", "rename", "second_step", "sign_in"]
