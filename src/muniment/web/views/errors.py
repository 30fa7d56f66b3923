"""Pages of refusals and outages: what happened, what was kept, what to do, and a reference."""

import sys

import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.template import loader
from psycopg import Error as DriverError
from psycopg_pool import PoolTimeout

from muniment.core.errors import PortalError
from muniment.trust.access.types import public
from muniment.trust.identity import queries as identity
from muniment.trust.vault.errors import KeyMissing, KeyRefused, VaultError

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
    """Answer a refusal as a page, or as problem details (RFC 9457) where a program asks."""
    return _answer(request, refusal.status, refusal.code, refusal.sentence, refusal.headers)


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


def _answer(request: HttpRequest, status: int, code: str, sentence: str, headers: dict[str, str]) -> HttpResponse:
    title, reference = TITLES.get(status, "This cannot be done"), _reference(request)
    response: HttpResponse
    if _wants_problem(request):
        body = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": sentence}
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
            "request": request,
            "csrf_token": get_token(request),  # of the switch of colours
            "theme_next": "/",  # the address may be of an act, and the page must not tell one address from another
        }
        template = loader.select_template([f"errors/{status}.html", "errors/other.html"])
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
