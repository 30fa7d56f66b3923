"""Change a password, or choose a new one by a link from a mail."""

from uuid import UUID

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from muniment.trust.access.types import personal, public, unlogged
from muniment.trust.identity import actions, forms, proving, queries
from muniment.trust.identity.errors import LinkOver, ProofNeeded
from muniment.trust.identity.strength import judging

TEMPLATE = "account/password_reset_from_key.html"


@personal("one's own password")
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    """Change the password; this session goes on under a new key, every other ends."""
    form = forms.ChangePassword(request.POST if request.method == "POST" else None, request=request)
    if judging.is_asked(request):
        return judging.answer(request, form)
    if not form.is_valid():
        return render(request, "account/password_change.html", {"form": form}, status=422 if form.is_bound else 200)
    person = actions.change_password(queries.actor_for(request, None), password=form.cleaned_data["password1"])
    update_session_auth_hash(request, person)
    return redirect("account:index")


@login_not_required
@public("a forgotten password; the answer is the same for everyone")
@unlogged("an empty form; asking leaves an entry of its own")
@require_http_methods(["GET", "POST"])
def ask_reset(request: HttpRequest) -> HttpResponse:
    """Mail a link to whoever has the address, and say the same to everyone."""
    form = forms.AskReset(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "account/password_reset.html", {"form": form}, status=422 if form.is_bound else 200)
    email = form.cleaned_data["email"]
    try:
        may_ask = proving.may_ask_reset(request, email)
    except ProofNeeded as refusal:
        form.add_error(None, refusal.sentence)
        return render(request, "account/password_reset.html", {"form": form}, status=refusal.status)
    if may_ask:
        actions.ask_password_reset(queries.visitor(request), email=email)
    return redirect("account_reset_password_done")


@login_not_required
@public("the same answer for every address")
@unlogged("the same words for everyone")
@require_GET
def reset_asked(request: HttpRequest) -> HttpResponse:
    """Say that a link is on its way if the address is known."""
    return render(request, "account/password_reset_done.html")


@login_not_required
@public("by a one-use link from a mail")
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def reset(request: HttpRequest, person_id: UUID, token: str) -> HttpResponse:
    """Choose a new password by the link; every session of the person ends."""
    trial = proving.link(request, "reset")
    try:
        person = queries.find_resetting(person_id, token)
    except LinkOver:
        return render(request, TEMPLATE, {"token_fail": True}, status=LinkOver.status)
    trial.passed()
    form = forms.ResetPassword(request.POST if request.method == "POST" else None, person=person)
    if judging.is_asked(request):
        return judging.answer(request, form)
    if not form.is_valid():
        shown = {"form": form, "action_url": request.path}
        return render(request, TEMPLATE, shown, status=422 if form.is_bound else 200)
    visitor = queries.visitor(request)
    actions.reset_password(visitor, person_id=person_id, token=token, password=form.cleaned_data["password1"])
    return redirect("account_reset_password_from_key_done")


@login_not_required
@public("says that it worked")
@unlogged("the same words for everyone; the new password left its entry")
@require_GET
def reset_done(request: HttpRequest) -> HttpResponse:
    """Say that the new password holds."""
    return render(request, "account/password_reset_from_key_done.html")
