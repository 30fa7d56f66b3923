"""Every page that was opened, and every one that was refused, is in the log before its answer leaves.

What an act wrote about itself is enough. Whatever else is shown leaves `page.opened`, and whatever is refused
before an act begins (no permission, a form without its token, a page that is not there) leaves `act.refused`.
When that cannot be written, nothing is shown.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase

from muniment.core import unit
from muniment.core.actor import Actor
from muniment.core.db.lending import give_back
from muniment.core.errors import PortalError
from muniment.trust.audit import actions as audit
from muniment.trust.audit.errors import LogUnwritable
from muniment.trust.audit.types import Event
from muniment.trust.identity import actions as people
from muniment.trust.identity import queries as identity
from muniment.web.middleware.limits import drain
from muniment.web.views import errors

REFUSED, OUTAGE = 400, 503
STRANGERS_REFUSALS = 20  # of one source within the window: nobody unknown fills the log
STRANGERS_WINDOW_SECONDS = 900
_RULES = {404: "not-found", 405: "method", 422: "invalid", 500: "bug"}
_TABLES = {"grant": "access_grant"}  # where an address calls a thing other than its table
_PLACES = {"client_id", "inviting_id"}


class PagesInLog:
    """Writes what no act wrote about itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, when it is written down."""
        with unit.listening() as kept:
            response = self.get_response(request)
            if kept or response.status_code == OUTAGE:
                return response
            try:
                self._write(request, response)
            except LogUnwritable as refusal:
                response.close()
                return errors.refused(request, refusal)
        if response.streaming:
            give_back()  # the bytes take their time
        return response

    def _write(self, request: HttpRequest, response: HttpResponseBase) -> None:
        match = request.resolver_match
        if match is not None and getattr(request, "admitted", False) and response.status_code < REFUSED:
            if not getattr(match.func, "unlogged", None):
                _opened(request, match.view_name, match.kwargs)
        elif rule := _rule(request, response):
            _refused(request, match.view_name if match else "", rule)


class BytesInLog:
    """Writes that bytes are sent before the first is kept: they count even when the connection breaks in the middle.

    The innermost of all, because who sends must be known, and refused by nobody else.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on; the view is known in `process_view`."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Write it, or take nothing."""
        if request.method != "PATCH" or not getattr(view, "streams", False):
            return None
        try:
            _opened(request, request.resolver_match.view_name if request.resolver_match else "", kwargs)
        except LogUnwritable as refusal:
            drain(request)
            return errors.refused(request, refusal)
        return None


def _opened(request: HttpRequest, page: str, named: dict[str, Any]) -> None:
    actor = _actor(request)
    facts: dict[str, Any] = {"page": page}
    if request.method not in {"GET", "HEAD"}:
        facts["method"] = request.method
    if request.headers.get("HX-Request") == "true":
        facts["part"] = True
    within = identity.in_logs(actor, getattr(request, "shown_clients", ()))
    audit.record_page(within, Event.PAGE_OPENED, _thing(named), **facts)


def _refused(request: HttpRequest, page: str, rule: str) -> None:
    actor = _actor(request)
    facts: dict[str, Any] = {"attempt": page or "page", "rule": rule}
    if actor.person_id is None:
        number = people.count_from("refused", actor.ip, window_seconds=STRANGERS_WINDOW_SECONDS)
        if number > STRANGERS_REFUSALS:
            return
        if number == STRANGERS_REFUSALS:
            facts["more_not_written_for_seconds"] = STRANGERS_WINDOW_SECONDS
    audit.record_page(identity.in_logs(actor), Event.REFUSED, allowed=False, **facts)


def _actor(request: HttpRequest) -> Actor:
    """Return who asks: as the page saw them, or in no client where they were stopped before that."""
    actor: Actor = getattr(request, "actor", None) or Actor(kind="anonymous")
    if actor.person_id is not None:
        return actor
    if not hasattr(request, "user"):
        return identity.visitor(request)  # stopped before anybody asked for the session
    try:
        return identity.actor_for(request, None)
    except PortalError:
        return identity.visitor(request)


def _thing(named: dict[str, Any]) -> tuple[str, UUID | None]:
    """Return the innermost thing that an address names, as (kind, id)."""
    things = [(name, value) for name, value in named.items() if isinstance(value, UUID) and name not in _PLACES]
    if not things:
        return ("", None)
    kind = things[-1][0].removesuffix("_id")
    return (_TABLES.get(kind, kind), things[-1][1])


def _rule(request: HttpRequest, response: HttpResponseBase) -> str:
    """Return what refused a page; empty for a stranger at the front door, who is only shown the way to sign in."""
    if response.status_code >= REFUSED:
        return str(getattr(response, "rule", "") or _RULES.get(response.status_code, f"status-{response.status_code}"))
    if getattr(request, "user", None) is not None and request.user.is_authenticated:
        return "factor-or-password-first"
    view = request.resolver_match.func if request.resolver_match else None
    return "sign-in-first" if getattr(view, "permission", None) else ""
