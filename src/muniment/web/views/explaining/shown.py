"""Grants and conditions in the words of the explaining pages."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.portal.documents import queries as documents
from muniment.trust.access.types import GrantFacts
from muniment.trust.identity import queries as identity

_SHARES = {
    "viewer": lazy("May open"),
    "downloader": lazy("May open and download"),
    "editor": lazy("May open, download and change"),
}


def actor_of(request: HttpRequest) -> Actor:
    """Return who asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    return actor


def ways_shown(
    actor: Actor, grants: Iterable[GrantFacts], here: UUID | None = None, *, is_own: bool = False
) -> list[dict[str, Any]]:
    """Return grants as ways in; those on something the actor may not open are named to staff alone, without its name.

    `here` is the thing that is looked at, which is not named again; what is around it always is told of. With
    `is_own` the grants were the actor's, who is told of them all, but of no name that is not theirs to read now.
    """
    grants = list(grants)
    people = identity.people({grant.given_by for grant in grants} | {grant.approved_by for grant in grants})
    names = documents.names(actor, {grant.scope_id for grant in grants if grant.scope_id})
    names |= {here: ""} if here else {}
    unnamed = _("a folder around it") if here else "" if is_own else _("something you may not open")
    knows = bool(here) or is_own or actor.kind == "staff"
    told = [grant for grant in grants if knows or not grant.scope_id or grant.scope_id in names]
    now = clock.now()
    return [
        {
            "role": role_words(grant.role),
            "by": _by(grant),
            "where": _where(grant, names, unnamed),
            "why": grant.purpose,
            "giver": people[grant.given_by].name if grant.given_by in people else "",
            "approver": people[grant.approved_by].name if grant.approved_by in people else "",
            "since": grant.starts_at,
            "until": grant.ends_at,
            "is_coming": grant.starts_at > now,
            "is_emergency": grant.is_emergency,
        }
        for grant in told
    ]


def role_words(role: str) -> str:
    """Return a role in the words of a page."""
    return str(_SHARES.get(role) or identity.role_label(role))


def _by(grant: GrantFacts) -> str:
    if grant.group_id is not None:
        return _("in the group %(group)s") % {"group": grant.group}
    return "" if grant.person_id is not None else _("like every contact of the client")


def _where(grant: GrantFacts, names: dict[UUID, str], unnamed: str) -> str:
    if grant.scope_id is None:
        return _("everything of this client") if grant.role != "guest" else _("what is shared with them")
    return names.get(grant.scope_id, unnamed)
