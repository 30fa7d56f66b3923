"""Who acts, for which client, and whether the page exists for them: decided anew at every request."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from muniment.core.actor import Actor
from muniment.core.errors import NotFound, PortalError
from muniment.trust.audit import actions as audit
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity
from muniment.trust.identity.errors import PurposeUnsaid
from muniment.web.middleware import closing
from muniment.web.middleware.limits import drain
from muniment.web.views import errors


class Actors:
    """Puts `request.actor` in place; without the view's declared permission the page is not there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on; the client is known in `process_view`."""
        request.actor = Actor(kind="anonymous")  # type: ignore[attr-defined] # read by every view
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Refuse, or let the view see who acts."""
        if getattr(view, "public", None) and (getattr(view, "for_guests", False) or not request.user.is_authenticated):
            request.admitted = True  # type: ignore[attr-defined] # read by PagesInLog
            return None
        try:
            request.actor = actor = self._actor(request, view, kwargs)  # type: ignore[attr-defined]
            if (ended := closing.session_ended(request, actor, view)) is not None:
                return ended
            if _lacks_purpose(actor, view):
                return _ask_purpose(request, actor)
            closing.insist_open(actor, view)
        except PortalError as refusal:
            if closing.wants_purpose(refusal) and _takes_questions(request):
                return _to_purpose(request, request.actor)  # type: ignore[attr-defined]
            if getattr(view, "streams", False):
                drain(request)
            return errors.refused(request, refusal)
        request.admitted = True  # type: ignore[attr-defined] # read by PagesInLog
        return None

    def _actor(self, request: HttpRequest, view: Callable[..., Any], kwargs: dict[str, Any]) -> Actor:
        if getattr(view, "by_guest_link", False):
            actor = identity.guest_for(request, kwargs["client_id"])
        else:
            actor = identity.actor_for(request, kwargs.get("client_id"))
        verb = getattr(view, "permission", None)
        if verb is None:
            if not (getattr(view, "public", None) or getattr(view, "personal", None)):
                raise LookupError(f"{view} declares no permission")  # the start-up check finds these first
            return actor
        if verb not in actor.verbs:
            audit.record_refusal(actor, verb, NotFound())
            raise NotFound
        return actor


def _lacks_purpose(actor: Actor, view: Callable[..., Any]) -> bool:
    """Return whether somebody of the firm would open a client's space without a purpose, from a grant or stated."""
    if actor.kind != "staff" or actor.purpose or getattr(view, "permission", None) is None:
        return False
    return actor.client_id not in {None, clients.find_firm_id()}


def _ask_purpose(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Write down that nothing was opened yet, and ask why where a person can answer.

    Raises:
        PurposeUnsaid: a program, a part of a page, or a form that was sent: it is not kept until there is an answer.
    """
    page = request.resolver_match.view_name if request.resolver_match else ""
    refusal = PurposeUnsaid()
    audit.record_refusal(actor, page, refusal)
    if not _takes_questions(request):
        raise refusal
    return _to_purpose(request, actor)


def _to_purpose(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    asking = reverse("purpose", kwargs={"client_id": actor.client_id})
    return redirect(f"{asking}?{urlencode({'next': request.get_full_path()})}")


def _takes_questions(request: HttpRequest) -> bool:
    """Return whether a person waits for a page, and not a program, or somebody whose form would be lost."""
    if request.method not in {"GET", "HEAD"} or "HX-Request" in request.headers:
        return False
    return "json" not in request.headers.get("Accept", "") and "Tus-Resumable" not in request.headers
