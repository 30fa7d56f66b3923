"""Sign in through one's organisation: find it by the address, go there, come back."""

import hashlib
import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound, PortalError
from muniment.trust.access.types import public, unlogged
from muniment.trust.audit import actions as audit
from muniment.trust.clients import queries as clients
from muniment.trust.federation import actions, forms, oidc, queries, saml, speaking
from muniment.trust.federation.errors import AnswerForged, ProviderOff, SignInBegunElsewhere
from muniment.trust.federation.models import Provider
from muniment.trust.federation.pending import Pending
from muniment.trust.federation.types import Asserted
from muniment.trust.federation.views import confirming, trying
from muniment.trust.identity import actions as identity
from muniment.trust.identity import queries as people
from muniment.trust.identity.errors import TooManyTries
from muniment.trust.vault import actions as vault

ATTEMPT: Final = "sign in through a provider"
FROM_ONE_SOURCE: Final = 1000  # a whole office may come from one address
WINDOW_SECONDS: Final = 900
TICKET_SECONDS: Final = 120
LONGEST_STATE: Final = 100  # of what the portal gave
OK: Final = 200
SEE_OTHER: Final = 303
BAD_REQUEST: Final = 400
_TICKET: Final = b"answer of a provider"

_nobody_yet = unlogged("nobody is known yet; what comes of it leaves entries of its own")


@login_not_required
@_nobody_yet
@public("finds the organisation of an address; the same for every address of a domain")
@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: HttpRequest) -> HttpResponse:
    """Ask for the address, and show the button of its organisation."""
    form = forms.Organisation(request.POST if request.method == "POST" else None)
    shown: dict[str, Any] = {"form": form, "next": _inside(request.POST.get("next") or request.GET.get("next") or "")}
    if form.is_valid():
        _count(request)
        way = queries.way_of(form.cleaned_data["email"])
        shown |= {"asked": True, "way": way}
        if way is not None:
            shown["start_url"] = queries.start_path(way.client_id, way.provider_id)
    return render(request, "federation/organisation.html", shown, status=422 if form.errors else 200)


@login_not_required
@_nobody_yet
@public("leads to the organisation's own sign-in service")
@require_GET
def start(request: HttpRequest, place_id: UUID, provider_id: UUID) -> HttpResponse:
    """Lead to the provider."""
    _count(request)
    actor = _visitor(request, place_id)
    try:
        row = queries.running_provider(actor, provider_id)
        address = speaking.ask(request.session, row, why="enter", next_=_inside(request.GET.get("next", "")))
    except PortalError as refusal:
        audit.record_refusal(actor, ATTEMPT, refusal)
        raise
    return _away(address)


@login_not_required
@_nobody_yet
@public("takes the answer of an OpenID provider, to a question that this browser asked")
@require_GET
def answer(request: HttpRequest, place_id: UUID, provider_id: UUID) -> HttpResponse:
    """Take the answer, and go on."""
    _count(request)
    return _answered(request, place_id, provider_id, request.GET.get("state", ""), request.GET.dict())


@login_not_required
@csrf_exempt  # it comes from the provider's page, and is good for nothing without the session that asked
@_nobody_yet
@public("takes the answer of a SAML provider, which comes without the browser's cookie")
@require_POST
def take(request: HttpRequest, place_id: UUID, provider_id: UUID) -> HttpResponse:
    """Keep the answer sealed for a moment: the browser comes back for it with its cookie."""
    _count(request)
    actor = _visitor(request, place_id)
    given, state = request.POST.get(speaking.ANSWER, ""), request.POST.get("RelayState", "")
    try:
        row = queries.running_or_tried(actor, provider_id)
        if row.kind != "saml":
            raise ProviderOff
        if len(state) > LONGEST_STATE:
            raise AnswerForged("size")
        saml.insist_signed(row.settings, given)
    except PortalError as refusal:
        audit.record_refusal(actor, ATTEMPT, refusal)
        raise
    ticket = secrets.token_urlsafe(32)
    sealed = vault.seal_for_people(_TICKET, json.dumps([given, state]).encode())
    cache.set(_kept_as(ticket), b64encode(sealed).decode(), TICKET_SECONDS)
    onward = reverse("federation:taken", kwargs={"place_id": place_id, "provider_id": provider_id})
    response = HttpResponseRedirect(f"{onward}?ticket={ticket}")
    response.status_code = SEE_OTHER
    return response


def _kept_as(ticket: str) -> str:
    """Return the name under which an answer is kept: what a browser sends is any text, and no name by itself."""
    return "answer:" + hashlib.sha256(ticket.encode()).hexdigest()


@login_not_required
@_nobody_yet
@public("goes on with the answer of a SAML provider, to a question that this browser asked")
@require_GET
def taken(request: HttpRequest, place_id: UUID, provider_id: UUID) -> HttpResponse:
    """Take the answer that was kept, and go on."""
    key = _kept_as(request.GET.get("ticket", ""))
    kept = cache.get(key)
    cache.delete(key)
    if not isinstance(kept, str):
        refusal = SignInBegunElsewhere()
        audit.record_refusal(_visitor(request, place_id), ATTEMPT, refusal)
        raise refusal
    given, state = json.loads(vault.open_for_people(_TICKET, b64decode(kept)))
    return _answered(request, place_id, provider_id, state, {speaking.ANSWER: given})


@login_not_required
@_nobody_yet
@public("what the portal says of itself to a SAML provider; nothing of it is secret")
@require_GET
def metadata(request: HttpRequest, place_id: UUID, provider_id: UUID) -> HttpResponse:
    """Answer with the portal's metadata."""
    row = queries.running_or_tried(_visitor(request, place_id), provider_id)
    if row.kind != "saml":
        raise ProviderOff
    document = saml.metadata(speaking.here(row), row.settings)
    return HttpResponse(document, content_type="application/samlmetadata+xml")


@login_not_required
@csrf_exempt  # it comes from the provider's own server, and proves itself
@_nobody_yet
@public("takes word from an OpenID provider's server that somebody signed out there")
@require_POST
def ended(request: HttpRequest, place_id: UUID, provider_id: UUID) -> HttpResponse:
    """End the sessions of whom the provider signed out (OpenID Connect Back-Channel Logout 1.0)."""
    _count(request)
    actor = _visitor(request, place_id)
    try:
        row = queries.running_provider(actor, provider_id)
        if row.kind != "oidc":
            raise ProviderOff
        subject, session = oidc.signed_out(queries.issuer_of(row), request.POST.get("logout_token", ""))
    except PortalError as refusal:
        audit.record_refusal(actor, "sign somebody out", refusal)
        return _told(BAD_REQUEST)
    with suppress(NotFound):  # whom it never named here: nothing to end, and nothing to tell; its entry is there
        actions.end_by_provider(actor, provider_id=provider_id, subject=subject, session=session)
    return _told(OK)


def _answered(
    request: HttpRequest, place_id: UUID, provider_id: UUID, state: str, given: Mapping[str, str]
) -> HttpResponse:
    """Go on with an answer: let the person in, or show whoever tries the provider what came of it."""
    actor = _visitor(request, place_id)
    try:
        asked = speaking.waiting(request.session, state, provider_id)
        if asked.why == "try":
            return trying.answered(request, asked, given)
        row = queries.running_provider(actor, provider_id)
        said = speaking.hear(row, asked, given)
        if asked.why == "confirm":
            return confirming.confirmed(request, row, asked, said)
    except PortalError as refusal:
        audit.record_refusal(actor, ATTEMPT, refusal)
        raise
    return _enter(request, actor, row, asked, said)


def _enter(request: HttpRequest, actor: Actor, row: Provider, asked: Pending, said: Asserted) -> HttpResponse:
    """Begin the session of whom the provider named; our own second step is asked where its own does not count."""
    entered = actions.enter(actor, provider_id=row.id, said=said)
    person = people.find_person(people.person(entered.person_id).email)
    if request.user.is_authenticated:
        get_adapter().logout(request)
    at = _proved_at(said)
    record_authentication(request, person, "provider", at=at)
    request.session[actions.SIGNED_IN_BY] = {"client": str(row.client_id), "provider": str(row.id)}
    if entered.is_trusted:
        record_authentication(request, person, "mfa", type="provider-mfa", at=at)
        get_adapter(request).login(request, person)
        return redirect(asked.next or "web:home")
    response: HttpResponse = perform_login(request, Login(user=person, redirect_url=asked.next or None))
    return response


def _proved_at(said: Asserted) -> float:
    """Return when the person proved who they are; where the provider does not say, it was not lately."""
    now = clock.now().timestamp()
    if said.authenticated_at is None:
        return now - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT - 60
    return min(said.authenticated_at.timestamp(), now)


def _visitor(request: HttpRequest, place_id: UUID) -> Actor:
    """Return the visitor within the client of a provider.

    Raises:
        ProviderOff: there is no such client.
    """
    if not clients.is_open(place_id):
        audit.record_refusal(people.visitor(request), ATTEMPT, ProviderOff())
        raise ProviderOff
    return people.visitor(request, place_id)


def _count(request: HttpRequest) -> None:
    """Count what comes from one source.

    Raises:
        TooManyTries: more than a whole office would need.
    """
    place, refusal = people.visitor(request), TooManyTries()
    number = identity.count_from(ATTEMPT, place.ip, window_seconds=WINDOW_SECONDS)
    if number == FROM_ONE_SOURCE + 1:  # once, or whoever floods would fill the log
        audit.record_refusal(place, ATTEMPT, refusal)
    if number > FROM_ONE_SOURCE:
        raise refusal


def _inside(wanted: str) -> str:
    """Return a path of the portal, whatever was asked for; empty where it leads elsewhere."""
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=True)
    return wanted if safe and wanted.startswith("/") and not wanted.startswith("/sign-in/") else ""


def _told(status: int) -> HttpResponse:
    response = HttpResponse(status=status)
    response["Cache-Control"] = "no-store"
    return response


def _away(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    response["Cache-Control"] = "no-store"
    return response
