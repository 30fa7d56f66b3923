"""What the clients of the tests ask of second steps, and what people tick there."""

from typing import Any
from uuid import UUID

from muniment.core.actor import Actor
from muniment.trust.access import actions as access
from muniment.trust.access.types import Profile
from tests.trust.identity.browsers import Visitor, app_code, forget_used_codes, person_id


def set_profile(client_id: UUID, **terms: Any) -> None:
    """Let a client ask this of the sign-in of its people."""
    access.set_profile(Actor.system(client_id), profile=Profile(**terms))


def drop_factors(who: str) -> None:
    """Take somebody's factors away, as if they had just joined."""
    from allauth.mfa.models import Authenticator

    Authenticator.objects.filter(user_id=person_id(who)).delete()


def code(visitor: Visitor, who: str, **more: str) -> Any:
    """Take the second step with the app."""
    forget_used_codes(person_id(who))
    return visitor.post("/sign-in/code/", {"code": app_code(who), **more})


def again(visitor: Visitor) -> Visitor:
    """Let a browser forget its session, and keep what it is recognised by."""
    visitor.browser.cookies.pop("__Host-session")
    return visitor
