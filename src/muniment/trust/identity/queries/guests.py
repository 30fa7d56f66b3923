"""Guests: who comes in by a one-task link, and which links there are."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from django.http import HttpRequest

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as, query
from muniment.trust.access import queries as access
from muniment.trust.access.errors import LinkEnded
from muniment.trust.access.types import TASK_VERBS, GuestLinkFacts
from muniment.trust.clients import queries as clients
from muniment.trust.identity import guests, models
from muniment.trust.identity.queries.actors import visitor
from muniment.trust.identity.queries.links import secret_hash
from muniment.trust.identity.types import GuestLink


def guest_for(request: HttpRequest, client_id: UUID) -> Actor:
    """Return the guest who makes this request by a link of a client; decided anew every time.

    Raises:
        NotFound: no link of this client was opened in this browser, or its code was not given.
        LinkEnded: it was, and that is over: the link has ended, or whoever made it may not share the thing any more.
        ConditionsRefuse: conditions close the client to somebody who comes like this, now or from there.
    """
    here = guests.visit(request.session, client_id)
    if here is None or not here.is_in:
        raise NotFound
    somebody = visitor(request, client_id)
    link = running_link(somebody, here.link_id)
    actor = replace(
        as_guest(somebody, link),
        session_id=getattr(request.session, "row_id", None),
        authenticated_at=datetime.fromtimestamp(here.entered_at, UTC),
    )
    verb = TASK_VERBS[link.task]
    if not access.may_somewhere(actor, verb):
        with acting_as(actor):
            access.insist_open(actor, verb)
        raise LinkEnded
    return replace(actor, verbs=frozenset({verb}), rules=access.standing(actor).rules)


def is_guest(request: HttpRequest) -> bool:
    """Return whether somebody came in by a link in this browser lately; of which client is asked of each page."""
    return guests.is_anybody(request.session)


def as_guest(somebody: Actor, link: GuestLinkFacts) -> Actor:
    """Return somebody who gave the code of a link as its guest: a contact's like, and nobody's member."""
    return replace(
        somebody,
        kind="contact",
        person_id=link.id,
        guest_link_id=link.id,
        factors=("link", "mail-code"),
        purpose=link.purpose,
    )


def running_link(somebody: Actor, link_id: UUID) -> GuestLinkFacts:
    """Return a link that has not ended, and whose maker can still sign in.

    Raises:
        LinkEnded: there is none.
    """
    with acting_as(somebody):
        return _running(access.guest_link(somebody, link_id))


def link_behind(somebody: Actor, secret: str) -> GuestLinkFacts:
    """Return the link with this secret, if somebody can still come in by it.

    Raises:
        LinkEnded: there is none, it has ended, or it was used as often as it can be.
    """
    if not clients.is_open(somebody.client):
        raise LinkEnded
    with acting_as(somebody):
        link = _running(access.guest_link_behind(somebody, secret_hash(secret)))
    if link.is_over(clock.now()):
        raise LinkEnded
    return link


def guest_address(link_id: UUID) -> str:
    """Return the address a link was made for.

    Raises:
        LinkEnded: nobody's: the address was erased.
    """
    guest = models.Guest.objects.filter(id=link_id).first()
    if guest is None:
        raise LinkEnded
    return str(guest.email)


@query
def guest_links(actor: Actor) -> list[GuestLink]:
    """Return every guest link of the actor's client, newest first.

    Raises:
        NotFound: `actor` may not see them.
    """
    access.require(actor, "link:list")
    return _named(access.guest_links(actor))


def links_to(actor: Actor, scope_id: UUID) -> list[GuestLink]:
    """Return the guest links to one thing that have not ended, newest first; the caller authorised sharing it."""
    now = clock.now()
    return _named([link for link in access.guest_links(actor, scope_id=scope_id) if not link.has_ended(now)])


def _running(link: GuestLinkFacts) -> GuestLinkFacts:
    is_active = models.Person.objects.filter(id=link.made_by, disabled_at=None).exists()
    if link.has_ended(clock.now()) or not is_active:
        raise LinkEnded
    return link


def _named(found: list[GuestLinkFacts]) -> list[GuestLink]:
    known = {row.id: row.email for row in models.Guest.objects.filter(id__in=[link.id for link in found])}
    return [GuestLink(link, known.get(link.id, "")) for link in found]
