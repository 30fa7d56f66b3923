"""What conditions close before a page is asked for: the place, the session, or everything the page is about."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

from muniment.core.actor import Actor
from muniment.trust.access import queries as access
from muniment.trust.access.errors import ConditionsRefuse, ConfirmFirst
from muniment.trust.audit import actions as audit
from muniment.trust.identity import actions as identity

PURPOSE = "purpose"


def session_ended(request: HttpRequest, actor: Actor, view: Callable[..., Any]) -> HttpResponseBase | None:
    """End a session that came to a blocked network, or is over for the client whose page it asks for.

    Raises:
        ConditionsRefuse: the network is blocked. The session is over all the same.
    """
    if actor.person_id is None or actor.guest_link_id is not None or getattr(view, "public", None):
        return None
    if access.is_blocked(actor):
        _end(request, actor)
        refusal = ConditionsRefuse((access.blocked(),))
        audit.record_refusal(actor, getattr(view, "permission", None) or "page", refusal)
        raise refusal
    if getattr(view, "permission", None) and request.session.is_over(*access.session_limits(actor)):  # type: ignore[attr-defined] # our session store
        _end(request, actor)
        return redirect_to_login(request.get_full_path())
    return None


def insist_open(actor: Actor, view: Callable[..., Any]) -> None:
    """Refuse, with an entry, what conditions close entirely to the actor.

    Raises:
        ConditionsRefuse: not at this time, from this place, in this way, or for this purpose.
        ConfirmFirst: not before they confirm that it is them.
    """
    verb = getattr(view, "permission", None)
    if verb is None:
        return
    try:
        access.insist_open(actor, verb)
        access.insist_fresh(actor, verb)
        if getattr(view, "exports", False):
            access.insist_proved(actor, "download")
    except (ConditionsRefuse, ConfirmFirst) as refusal:
        audit.record_refusal(actor, verb, refusal)
        raise


def wants_purpose(refusal: Exception) -> bool:
    """Return whether stating another purpose would open what was refused."""
    return isinstance(refusal, ConditionsRefuse) and {reason.code for reason in refusal.reasons} == {PURPOSE}


def _end(request: HttpRequest, actor: Actor) -> None:
    identity.sign_out(actor)
    logout(request)
