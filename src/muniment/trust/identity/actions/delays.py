"""End delays that failed tries brought: by an administrator, or by the person themselves with a link from a mail."""

from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients
from muniment.trust.identity import limits, models
from muniment.trust.identity.actions.entries import record_own
from muniment.trust.identity.errors import LinkOver


@action
def lift_delays(actor: Actor, *, person_id: UUID) -> int:
    """Let a person of the actor's client sign in at once, whatever failed before; return how many delays ended.

    Raises:
        NotFound: nobody of that name belongs here, or `actor` may not end the access of such people.
    """
    access.require(actor, "person:end")
    belonging = next((one for one in clients.members(actor) if one.person_id == person_id), None)
    person = models.Person.objects.filter(id=person_id).first()
    if belonging is None or person is None or (actor.kind == "contact" and belonging.kind == "staff"):
        raise NotFound
    ended = limits.lift(person.id, (person.email, str(person.id)))
    audit.record(actor, Event.SIGN_IN_UNLOCKED, person, delays=ended)
    return ended


@action
def take_way_in(actor: Actor, *, secret: str, browser: str) -> None:
    """Let one browser try to sign in at once for the person whom a mail told of failed tries; the link works once.

    Raises:
        LinkOver: the link was used or is too old, or the person cannot sign in.
    """
    person_id = limits.take_way_in(secret)
    person = models.Person.objects.filter(id=person_id, disabled_at=None).first() if person_id else None
    if person is None:
        raise LinkOver
    limits.let_in(browser, (person.email, str(person.id)))
    record_own(actor, Event.SIGN_IN_UNLOCKED, person.id, person, by="mail")
