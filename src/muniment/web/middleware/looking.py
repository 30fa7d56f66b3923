"""Whoever looks as somebody else changes nothing, anywhere."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from muniment.core.actor import Actor
from muniment.trust.audit import actions as audit
from muniment.trust.identity import queries as identity
from muniment.trust.identity.errors import LookingOnly
from muniment.web.middleware.limits import drain
from muniment.web.views import errors

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
ALWAYS = frozenset({"end_look", "account_logout", "account:stay", "web:theme"})


class OnlyLooking:
    """Refuses every unsafe method while somebody looks as somebody else, but for stopping that, and signing out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on; the view is known in `process_view`."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Refuse, and write it down."""
        if request.method in SAFE or not request.user.is_authenticated or not identity.is_looking(request.session):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in ALWAYS:
            return None
        actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware before
        refusal = LookingOnly()
        audit.record_refusal(actor, name, refusal)
        drain(request)
        return errors.refused(request, refusal)
