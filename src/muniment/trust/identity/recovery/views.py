"""I lost my phone: ask, while signing in; confirm, as a colleague; stop it; and go on when the wait is over."""

from uuid import UUID

from allauth.account.internal.decorators import login_stage_required
from allauth.mfa.stages import AuthenticateStage
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from muniment.core.actor import Actor
from muniment.trust.access.types import permission, personal, public, unlogged
from muniment.trust.identity import proving, queries
from muniment.trust.identity.errors import LinkOver, ProofNeeded, TooManyTries
from muniment.trust.identity.passkeys.queries import has_passkey
from muniment.trust.identity.queries.people import people
from muniment.trust.identity.recovery import actions
from muniment.trust.identity.recovery import queries as waiting

LOST = "account_lost"


@login_not_required
@public("for whom the password was right, and what comes next is lost")
@unlogged("nobody is known yet and nothing is shown but how far it is; each step leaves its own entry")
@require_http_methods(["GET", "HEAD", "POST"])
@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")  # type: ignore[untyped-decorator] # published without types
def lost(request: HttpRequest) -> HttpResponse:
    """Say what helps; ask colleagues, or go on when they confirmed it and the wait is over."""
    stage = request._login_stage  # type: ignore[attr-defined] # noqa: SLF001 - put there by the library's decorator
    if stage.is_stale:  # whoever proved a password that is none any more asks nobody
        begun_again: HttpResponse = stage.abort()
        return begun_again
    person = stage.login.user
    visitor = queries.visitor(request)
    status = 200
    if request.method == "POST" and "ask" in request.POST:
        try:
            proving.insist_may_ask_recovery(request, person)
        except (TooManyTries, ProofNeeded) as refusal:
            messages.error(request, refusal.sentence)
            status = refusal.status
        else:
            actions.ask_recovery(visitor, person_id=person.id)
            return redirect(LOST)
    found = waiting.open_recovery(person.id)
    if request.method == "POST" and found is not None and found.state == "ready":
        actions.finish_recovery(visitor, person_id=person.id)
        answer: HttpResponse = stage.exit()
        return answer
    shown = {
        "found": found,
        "has_passkey": has_passkey(person.id),
        "has_colleagues": found is not None or bool(waiting.confirmers(person.id)),
    }
    return render(request, "recovery/lost.html", shown, status=status)


@permission("person:end")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, client_id: UUID, person_id: UUID) -> HttpResponse:
    """Let a colleague say whether it is really them."""
    actor = _actor(request)
    back = reverse("people:list", kwargs={"client_id": client_id})
    if request.method == "POST":
        if "decline" in request.POST:
            actions.decline_recovery(actor, person_id=person_id)
            messages.success(request, _("Stopped. They are told by mail."))
        else:
            actions.confirm_recovery(actor, person_id=person_id)
            messages.success(request, _("Confirmed. The waiting time has begun, and they are told by mail."))
        return redirect(back)
    found = waiting.find(actor, person_id)
    one = people([person_id])[person_id]
    return render(request, "recovery/confirm.html", {"one": one, "found": found, "back_url": back})


@personal("one's own way back in")
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Stop it, from a browser in which the person is still signed in."""
    actions.stop_recovery(_actor(request))
    messages.success(request, _("Stopped. If it was not you who asked, choose another password now."))
    return redirect("account:index")


@login_not_required
@public("by the link in the mail to whom it is about")
@require_http_methods(["GET", "HEAD", "POST"])
def stop_by_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask, because programs that read mails open links too; then stop it."""
    trial = proving.link(request, "stop recovery")
    if waiting.open_by_link(secret) is None:
        return render(request, "recovery/stop.html", {"state": "over"}, status=LinkOver.status)
    trial.passed()
    if request.method != "POST":
        return render(request, "recovery/stop.html", {"state": "open"})
    actions.stop_recovery_by_link(queries.visitor(request), secret=secret)
    return render(request, "recovery/stop.html", {"state": "stopped"})


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined] # set by web.middleware.actors
    return actor
