"""Pages of refusals and outages: what happened, what was kept, what to do, and a reference."""

import sys
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.template import loader
from psycopg import Error as DriverError
from psycopg_pool import PoolTimeout

from muniment.core.errors import PortalError
from muniment.trust.access.errors import ConditionsRefuse, ConfirmFirst
from muniment.trust.access.types import Reason, public
from muniment.trust.identity import actions as people
from muniment.trust.identity import queries as identity
from muniment.trust.vault.errors import KeyMissing, KeyRefused, VaultError
from muniment.web.views.explaining.reasons import reasons_shown

log = structlog.get_logger("muniment.web")

TITLES = {
    400: "This request cannot be read",
    403: "This is not possible",
    404: "There is nothing here",
    405: "Not in this way",
    409: "Something changed meanwhile",
    410: "This is over",
    413: "That is too much at once",
    422: "Something is missing",
    429: "Too many tries",
    500: "Something went wrong on our side",
    503: "The portal cannot work right now",
    507: "The store is full",
}
SENTENCES = {
    400: "The request was not one the portal understands. Nothing was changed. Go back and try again.",
    403: (
        "The page had been open for too long, or the request did not come from it. Nothing was changed. "
        "Reload the page and try again."
    ),
    404: "There is nothing here, or it is not shared with you.",
    500: "It is our mistake, not yours. What you did last may not have been kept. Try again, or tell us the reference.",
    503: (
        "Something the portal stands on is not reachable. What was confirmed before is kept; "
        "what you did last was not done. Try again in a minute."
    ),
}


class Outage(PortalError):
    """The database, the key or the store is not reachable."""

    code = "unavailable"
    status = 503
    sentence = SENTENCES[503]

    @property
    def headers(self) -> dict[str, str]:
        """Return when to come back."""
        return {"Retry-After": "30"}


def refused(request: HttpRequest, refusal: PortalError) -> HttpResponse:
    """Answer a refusal as a page, or as problem details (RFC 9457) where a program asks.

    Where a confirmation would open what was refused, the person is asked for it.
    """
    if (question := _question(request, refusal)) is not None:
        question.rule = refusal.code  # type: ignore[attr-defined] # what the log says was the reason
        return question
    reasons = refusal.reasons if isinstance(refusal, ConditionsRefuse) else ()
    return _answer(request, refusal.status, refusal.code, refusal.sentence, refusal.headers, reasons)


def _question(request: HttpRequest, refusal: PortalError) -> HttpResponse | None:
    """Return the way to the page that asks who it is, where an answer would open what was refused."""
    if isinstance(refusal, ConfirmFirst):
        return people.ask_to_confirm(request)
    wanted = {reason.code for reason in refusal.reasons} if isinstance(refusal, ConditionsRefuse) else set()
    if wanted == {"fresh"}:
        return people.ask_to_confirm(request)
    if wanted in ({"passkey"}, {"passkey", "fresh"}) and request.user.pk and identity.has_passkey(request.user.pk):
        return people.ask_to_confirm(request, by_passkey=True)
    return None


def outage(request: HttpRequest, exception: BaseException) -> HttpResponse | None:
    """Answer that something the portal stands on is down; None when the exception is no outage."""
    if isinstance(exception, KeyMissing | KeyRefused) or _is_database_outage(exception):
        log.error("outage", request=_reference(request), kind=type(exception).__name__)
        return refused(request, Outage())
    return None


@public("a page of refusal")
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that cannot be read."""
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    return _answer(request, status, "bad-request", SENTENCES[400], {})


@public("a page of refusal")
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer that there is nothing here; the same for what is not there and what is not yours."""
    return _answer(request, 404, "not-found", SENTENCES[404], {})


@public("a page of refusal")
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer a request that may not be made in this way."""
    return _answer(request, 403, "forbidden", SENTENCES[403], {})


@public("a page of refusal")
def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer a form that did not come from one of our pages, or from one opened too long ago."""
    return _answer(request, 403, "form-expired", SENTENCES[403], {})


@public("a page of refusal")
def server_error(request: HttpRequest) -> HttpResponseBase:
    """Answer a bug with a reference; the log has the place, never the values."""
    exception = sys.exc_info()[1]
    if exception is not None:
        answered = outage(request, exception)
        if answered is not None:
            return answered
        if isinstance(exception, PortalError):
            return refused(request, exception)
        log.error("bug", request=_reference(request), kind=type(exception).__name__)  # django.request logs the place
    return _answer(request, 500, "bug", SENTENCES[500], {})


def _answer(
    request: HttpRequest,
    status: int,
    code: str,
    sentence: str,
    headers: dict[str, str],
    reasons: tuple[Reason, ...] = (),
) -> HttpResponse:
    title, reference = TITLES.get(status, "This cannot be done"), _reference(request)
    response: HttpResponse
    if _wants_problem(request):
        body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "code": code}
        body["detail"] = sentence
        if reasons:
            body["reasons"] = [{"code": one.code, "detail": one.sentence, "remedy": one.remedy} for one in reasons]
        response = JsonResponse(
            {**body, "reference": reference}, status=status, content_type="application/problem+json"
        )
    else:
        # Rendered without context processors: the shell asks the database, and that may be what is down.
        context = {
            "title": title,
            "sentence": sentence,
            "reference": reference,
            "firm_name": _firm_name(status),
            "looking": _looking(request, status),
            "request": request,
            "csrf_token": get_token(request),  # of the switch of colours
            "reasons": reasons_shown(reasons),
            "theme_next": "/",  # the address may be of an act, and the page must not tell one address from another
        }
        page = "conditions" if reasons else status
        template = loader.select_template([f"errors/{page}.html", "errors/other.html"])
        response = HttpResponse(template.render(context), status=status)
    response.rule = code  # type: ignore[attr-defined] # what the log says was the reason
    if status == 460:  # noqa: PLR2004 - tus's own status has no reason phrase of HTTP's
        response.reason_phrase = "Checksum Mismatch"
    if "Tus-Resumable" in request.headers:
        response.headers["Tus-Resumable"] = "1.0.0"  # the protocol wants it on every answer
    for name, value in headers.items():
        response.headers[name] = value
    return response


def _firm_name(status: int) -> str:
    """Return the firm's name where the database can be asked, or the product's."""
    if status in {500, 503}:
        return "Muniment"
    try:
        return identity.firm_name()
    except (DatabaseError, DriverError, VaultError, PortalError):
        return "Muniment"


def _looking(request: HttpRequest, status: int) -> dict[str, str] | None:
    """Return as whom somebody looks, where the database can be asked: the way out is on refusals too."""
    if status in {500, 503} or not hasattr(request, "session"):
        return None
    try:
        found = identity.look_of(request.session)
    except (DatabaseError, DriverError, VaultError, PortalError):
        return None
    return {"name": found[0], "client": found[1]} if found else None


def _wants_problem(request: HttpRequest) -> bool:
    accepted = request.headers.get("Accept", "")
    return (
        "Tus-Resumable" in request.headers or "json" in accepted or (request.content_type or "") == "application/json"
    )


def _reference(request: HttpRequest) -> str:
    return getattr(request, "request_id", "")


def _is_database_outage(exception: BaseException) -> bool:
    if isinstance(exception, PoolTimeout | InterfaceError):
        return True
    if not isinstance(exception, DatabaseError | DriverError):
        return False
    cause = exception.__cause__ if isinstance(exception.__cause__, DriverError) else exception
    state = getattr(cause, "sqlstate", None)
    # No state: the connection broke. 08: connection; 53: out of resources; 57P: shutting down; 57014: time-out.
    return state is None or state[:2] in {"08", "53"} or state[:3] == "57P" or state == "57014"
