"""What people do with their own account: another address, leaving a client, taking their data along."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.trust.access import queries as access
from muniment.trust.access.types import personal, public
from muniment.trust.clients import queries as clients
from muniment.trust.identity import limits, proving, queries
from muniment.trust.identity.errors import LinkOver, SignsInElsewhere
from muniment.trust.identity.life import forms
from muniment.trust.identity.life.actions import addresses, exporting, leaving
from muniment.trust.identity.life.errors import LastManager, SameAddress
from muniment.trust.identity.life.queries import addresses as changes
from muniment.trust.identity.life.queries.leaving import whom_to_ask

LINK_TEMPLATE = "account/address_confirm.html"


@personal("one's own address")
@require_http_methods(["GET", "POST"])
def address(request: HttpRequest) -> HttpResponse:
    """Ask for another address, or show the change that waits for the mailboxes."""
    actor = _actor(request)
    access.insist_proved(actor, "administer")
    form = forms.NewAddress(request.POST if request.method == "POST" else None)
    if form.is_valid():
        limits.begin(limits.RESET, account=f"address {actor.person_id}", ip=actor.ip).failed()
        try:
            addresses.ask_email_change(actor, email=form.cleaned_data["email"])
        except (Invalid, SameAddress, SignsInElsewhere) as refusal:
            form.add_error("email", str(refusal.sentence))
        else:
            return redirect("account:address")
    shown = {"form": form, "waiting": changes.waiting_change(actor), "back_url": reverse("account:index")}
    return render(request, "account/address.html", shown, status=422 if form.is_bound else 200)


@personal("one's own address")
@require_POST
def stop_address(request: HttpRequest) -> HttpResponse:
    """Stop one's own change of address."""
    addresses.withdraw_email_change(_actor(request))
    return redirect("account:address")


@login_not_required
@public("by a one-use link from a mail, in whichever browser it is opened")
@require_http_methods(["GET", "POST"])
def confirm_address(request: HttpRequest, change_id: UUID, secret: str) -> HttpResponse:
    """Ask what to do with a change of address, then do it: looking alone uses nothing up."""
    trial = proving.link(request, "address")
    try:
        found = changes.change_shown(change_id, secret)
    except LinkOver:
        return render(request, LINK_TEMPLATE, {"change": None}, status=LinkOver.status)
    trial.passed()
    actor = queries.actor_for(request, None)
    if request.method != "POST":
        return render(request, LINK_TEMPLATE, {"change": found})
    if "stop" in request.POST:
        addresses.withdraw_email_change(actor, change_id=change_id, secret=secret)
        return render(request, LINK_TEMPLATE, {"change": found, "done": "stopped"})
    try:
        is_moved = addresses.confirm_email_change(actor, change_id=change_id, secret=secret)
    except LinkOver:
        return render(request, LINK_TEMPLATE, {"change": None}, status=LinkOver.status)
    return render(request, LINK_TEMPLATE, {"change": found, "done": "moved" if is_moved else "half"})


@personal("what the portal keeps of oneself")
@require_http_methods(["GET", "POST"])
def data(request: HttpRequest) -> HttpResponse:
    """Say what is in the file, then hand it over."""
    actor = _actor(request)
    if request.method != "POST":
        return render(request, "account/data.html", {"back_url": reverse("account:index")})
    answer = HttpResponse(exporting.export_own_data(actor), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="my-data-{clock.now():%Y-%m-%d}.json"'
    return answer


@personal("one's own place in a client")
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Ask, then leave a client."""
    actor = _actor(request)
    if client_id == clients.firm_id() or not any(one.person_id == actor.person_id for one in clients.members(actor)):
        raise NotFound
    back, company = reverse("account:index"), queries.company(client_id)
    shown = {"company": company, "back_url": back}
    if request.method == "POST":
        try:
            leaving.leave_client(actor)
        except LastManager:
            asked = [person.name for person in whom_to_ask(actor)]
            return render(request, "account/leave.html", {**shown, "refused": True, "ask": asked}, status=409)
        messages.success(request, _("You left %s.") % company.name)
        return redirect("account:index")
    return render(request, "account/leave.html", shown)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined] # set by web.middleware.actors
    return actor
