"""Come in by a one-use link: set the portal up, or accept an invitation."""

from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from muniment.trust.access.types import public
from muniment.trust.clients import queries as clients
from muniment.trust.identity import actions, delegation, forms, models, proving, queries
from muniment.trust.identity.errors import LinkOver
from muniment.trust.identity.roles import label
from muniment.trust.identity.strength import judging


@login_not_required
@public("the first super admin comes by a link made on the host; gone once the firm exists")
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest, secret: str) -> HttpResponse:
    """Make the firm and its first super admin."""
    trial = proving.link(request, "set-up")
    queries.find_setup_link(secret)
    trial.passed()
    form = forms.SetUp(request.POST or None)
    if judging.is_asked(request):
        return judging.answer(request, form)
    if not form.is_valid():
        return render(request, "setup.html", {"form": form}, status=422 if form.is_bound else 200)
    cleaned = form.cleaned_data
    person_id = actions.set_up_portal(
        queries.visitor(request),
        secret=secret,
        firm_name=cleaned["firm"],
        name=cleaned["name"],
        email=cleaned["email"],
        password=cleaned["password1"],
    )
    return _enter(request, person_id)


@login_not_required
@public("invited people come by a one-use link")
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, inviting_id: UUID, secret: str) -> HttpResponse:
    """Join a client, with a new account or the one signed in."""
    trial = proving.link(request, "invitation")
    actor = queries.guest(request, inviting_id)
    try:
        invited = queries.invitation_behind(actor, secret)
    except LinkOver:
        return render(request, "invitation.html", {"invitation": None}, status=LinkOver.status)
    trial.passed()
    if invited.has_account and actor.person_id is None:
        return redirect_to_login(request.get_full_path())
    service = delegation.elsewhere(invited.email) if actor.person_id is None else None
    if service is not None and service.is_enforced:
        return redirect(service.address)  # who comes back from there is let in by this invitation
    form = _form(request, invited, inviting_id)
    if judging.is_asked(request) and isinstance(form, forms.Join):
        return judging.answer(request, form)
    if not form.is_valid():
        shown = {"invitation": {**vars(invited), "role": label(invited.role)}, "form": form}
        return render(request, "invitation.html", shown, status=422 if form.is_bound else 200)
    person_id = actions.accept_invitation(
        actor, secret=secret, name=form.cleaned_data.get("name", ""), password=form.cleaned_data.get("password1", "")
    )
    return redirect("web:home") if actor.person_id else _enter(request, person_id)


def _form(request: HttpRequest, invited: Any, client_id: UUID) -> forms.Join | forms.Nothing:
    data = request.POST if request.method == "POST" else None
    if invited.has_account:
        return forms.Nothing(data)
    kind = "staff" if client_id == clients.find_firm_id() else "contact"
    return forms.Join(data, email=invited.email, kind=kind, client_id=client_id, initial={"name": invited.name})


def _enter(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Sign a new person in with the password just chosen; the second factor comes next."""
    person = models.Person.objects.get(id=person_id)
    record_authentication(request, person, method="password")
    get_adapter(request).login(request, person)
    return redirect("mfa_activate_totp")
