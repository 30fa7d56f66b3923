"""Come in by a guest link: the link, a code by mail, the task; and go."""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.core.actor import Actor
from muniment.trust.access import actions as access
from muniment.trust.access.errors import LinkEnded
from muniment.trust.access.types import GuestLinkFacts, for_guests, public
from muniment.trust.identity import actions, guests, limits, proving, queries
from muniment.trust.identity.errors import ProofNeeded
from muniment.trust.identity.forms import GuestCode

NO_REFERRER = "no-referrer"


@login_not_required
@for_guests
@public("guests come by a link from a mail; it opens nothing yet")
@require_safe
def open_link(request: HttpRequest, client_id: UUID, secret: str) -> HttpResponse:
    """Exchange the secret for a session at once, so that it stands in no later address.

    Nothing is counted or used up: programs that read mails open links too.
    """
    visitor = queries.visitor(request, client_id)
    trial = limits.begin(limits.LINK, account="link guest", ip=visitor.ip)
    try:
        link = queries.link_behind(visitor, secret)
    except LinkEnded as refusal:
        return _over(request, refusal)
    trial.passed()
    guests.open_link(request.session, client_id, link.id)
    response = redirect("guest", client_id=client_id)
    response.headers["Referrer-Policy"] = NO_REFERRER
    return response


@login_not_required
@for_guests
@public("leads a guest on: to the code, or to the task")
@require_safe
def guest(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Lead on to what comes next."""
    here = guests.visit(request.session, client_id)
    if here is None:
        return _over(request, LinkEnded())
    if not here.is_in:
        return redirect("guest_code", client_id=client_id)
    try:
        link = queries.running_link(queries.visitor(request, client_id), here.link_id)
    except LinkEnded as refusal:
        return _over(request, refusal)
    return redirect(f"documents:guest_{link.task}", client_id=client_id)


@login_not_required
@for_guests
@public("a guest proves that the mailbox is theirs")
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Mail a code when it is asked for, and let in who gives it."""
    visitor, here = queries.visitor(request, client_id), guests.visit(request.session, client_id)
    try:
        if here is None:
            raise LinkEnded
        link = queries.running_link(visitor, here.link_id)
        try:
            if request.method == "POST" and "send" in request.POST:
                return _send(request, visitor, here)
            form = GuestCode(request.POST if request.method == "POST" else None)
            if form.is_valid() and _enter(request, queries.as_guest(visitor, link), here, form):
                return redirect("guest", client_id=client_id)
        except ProofNeeded:
            form = GuestCode(None)
        return _ask(request, link, here, form)
    except LinkEnded as refusal:
        return _over(request, refusal)


@login_not_required
@for_guests
@public("forgets what this browser kept of a link")
@require_POST
def leave(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """End the visit in this browser; the link itself stays as it is."""
    guests.leave(request.session, client_id)
    return render(request, "guests/over.html", {"sentence": _("You have left. The link from the mail opens it again.")})


def _send(request: HttpRequest, visitor: Actor, here: guests.Visit) -> HttpResponse:
    client_id = visitor.client
    proving.begin(request, limits.GUEST_MAIL, str(here.link_id)).failed()
    actions.send_guest_code(visitor, link_id=here.link_id, code=guests.new_code(request.session, client_id, here))
    return redirect("guest_code", client_id=client_id)


def _enter(request: HttpRequest, guest: Actor, here: guests.Visit, form: GuestCode) -> bool:
    """Let in who gives the right code; the tries are counted before they are compared."""
    trial = proving.begin(request, limits.GUEST_CODE, str(here.link_id))
    if not guests.fits(here, form.cleaned_data["code"]):
        trial.failed()
        if trial.wants_proof_next:
            proving.ask_for_proof(request, trial.source)
        actions.note_guest_failure(guest, link_id=here.link_id)
        form.add_error("code", _("This code does not fit, or is too old. Look for the newest mail."))
        return False
    trial.passed()
    access.use_guest_link(guest, link_id=here.link_id)
    guests.enter(request.session, guest.client, here)
    return True


def _ask(request: HttpRequest, link: GuestLinkFacts, here: guests.Visit, form: GuestCode) -> HttpResponse:
    context = {
        "form": form,
        "is_sent": here.has_code,
        "address": _masked(queries.guest_address(link.id)),
        "minutes": guests.CODE_LASTS.seconds // 60,
        "link": link,
    }
    return render(request, "guests/code.html", context, status=422 if form.is_bound else 200)


def _over(request: HttpRequest, refusal: LinkEnded) -> HttpResponse:
    response = render(request, "guests/over.html", {"sentence": refusal.sentence}, status=refusal.status)
    response.headers["Referrer-Policy"] = NO_REFERRER
    response.rule = refusal.code  # type: ignore[attr-defined] # what the log says was the reason
    return response


def _masked(address: str) -> str:
    """Return enough of an address for its owner to know it: whoever found the link learns no more."""
    name, _at, domain = address.partition("@")
    return f"{name[:1]}…@{domain}"
