"""The second step by mail, the person's devices, and the link for a sign-in that was somebody else's."""

from uuid import UUID

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.stagekit import stash_login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from muniment.core.actor import Actor
from muniment.trust.access.types import personal, public, unlogged
from muniment.trust.identity import proving, queries
from muniment.trust.identity.errors import LinkOver, ProofNeeded, TooManyTries
from muniment.trust.identity.steps import actions, deciding, mailed
from muniment.trust.identity.steps.forms import MailedCode
from muniment.trust.identity.steps.queries import is_notice_open
from muniment.trust.identity.steps.stages import MailedCode as Stage

CODE_PAGE = "steps/mailed_code.html"


@login_not_required
@public("the second step of signing in")
@unlogged("nobody is known yet and nothing is shown; every code and every try leaves its own entry")
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@login_stage_required(stage=Stage.key, redirect_urlname="account_login")  # type: ignore[untyped-decorator] # published without types
def mailed_code(request: HttpRequest) -> HttpResponse:
    """Take the code that was mailed, or mail another one."""
    stage: Stage = request._login_stage  # type: ignore[attr-defined] # noqa: SLF001 - put there by the library's decorator
    if request.method == "POST" and "send" in request.POST:
        is_sent = stage.send()
        stash_login(request, stage.login)
        if not is_sent:
            messages.error(request, _("We sent several codes already. Wait a few minutes, then ask again."))
        return redirect("account_mailed_code")
    form = MailedCode(request.POST if request.method == "POST" else None)
    if form.is_valid() and _fits(request, stage, form):
        record_authentication(request, stage.login.user, "email", type=deciding.MAILED_CODE)
        return stage.exit()
    shown = {"form": form, "is_open": mailed.is_open(stage.state), "minutes": int(mailed.LASTS.total_seconds() // 60)}
    return render(request, CODE_PAGE, {**shown, "stage": stage}, status=422 if form.is_bound else 200)


def _fits(request: HttpRequest, stage: Stage, form: MailedCode) -> bool:
    """Return whether the code is right; each try is kept before the answer leaves."""
    try:
        fits = proving.mailed_code(request, stage.login.user, stage.state, form.cleaned_data["code"])
    except (TooManyTries, ProofNeeded) as refusal:
        form.add_error(None, refusal.sentence)
        return False
    stash_login(request, stage.login)
    if not fits:
        form.add_error("code", _("This code does not fit, or is too old. Look for the newest mail."))
    return fits


@personal("one's own devices")
@require_POST
def forget_device(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """Forget one of the person's devices."""
    actions.forget_device(_actor(request), device_id=device_id)
    messages.success(request, _("Forgotten. The next sign-in on it asks for everything."))
    return redirect("account:index")


@personal("one's own devices")
@require_POST
def forget_devices(request: HttpRequest) -> HttpResponse:
    """Forget every device of the person."""
    actions.forget_devices(_actor(request))
    messages.success(request, _("All devices are forgotten. The next sign-in on each asks for everything."))
    return redirect("account:index")


@login_not_required
@public("by a one-use link from a mail: a sign-in was somebody else's")
@require_http_methods(["GET", "HEAD", "POST"])
def not_me(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask, because programs that read mails open links too; then end everything and let a new password be chosen."""
    trial = proving.link(request, "not-me")
    if not is_notice_open(secret):
        return render(request, "steps/not_me.html", {"is_over": True}, status=LinkOver.status)
    trial.passed()
    if request.method != "POST":
        return render(request, "steps/not_me.html", {"is_over": False})
    path = actions.deny_sign_in(queries.visitor(request), secret=secret)
    request.session.flush()
    return redirect(path)


@personal("how long one's own session lasts, and keeping it")
@unlogged("nothing is shown but seconds; that somebody is still there is no act")
@require_http_methods(["GET", "HEAD", "POST"])
def stay(request: HttpRequest) -> HttpResponse:
    """Say how many seconds the session has left; posted by somebody, which is an act, it has them all again."""
    if request.method == "POST" and "json" not in request.headers.get("Accept", ""):
        return redirect("account:index")
    session = request.session
    return JsonResponse({"seconds": session.seconds_left(), "last": session.is_last()})  # type: ignore[attr-defined] # our session store


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined] # set by web.middleware.actors
    return actor
