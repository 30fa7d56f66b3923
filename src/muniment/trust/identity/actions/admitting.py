"""Let people in whom an organisation names: without a password, and with one role."""

from dataclasses import replace
from uuid import UUID

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as, bound
from muniment.trust.access import actions as grants
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import actions as clients
from muniment.trust.clients import queries as known_clients
from muniment.trust.identity import models
from muniment.trust.identity.actions.entries import record_own
from muniment.trust.identity.actions.invitations import inviter_of
from muniment.trust.identity.addresses import clean_email, clean_name
from muniment.trust.identity.errors import AlreadyInvited, WrongSide
from muniment.trust.identity.queries.people import find_person
from muniment.trust.vault import actions as vault


def admit_person(actor: Actor, *, email: str, name: str, role: str, purpose: str) -> UUID:
    """Let somebody belong to the actor's client with one role, and return their id; a new person has no password.

    An open invitation for the address is used up, and says the role. The caller has authorised it and writes why.

    Raises:
        NotFound: without a `role`, and nobody invited them.
        LinkOver: who invited them may not invite any more.
        Invalid: name or address is missing or malformed.
        WrongSide: somebody of the firm in a client's space, or a contact in the firm's.
        AlreadyInvited: the person belongs here already.
        UnknownRole, MoreThanYouHave, ContentNeedsRequest: as `give_grant`.
    """
    kind = "staff" if actor.client == known_clients.find_firm_id() else "contact"
    person = find_person(clean_email(email)) or make_admitted(kind=kind, email=email, name=name)
    if person.kind != kind:
        raise WrongSide
    if any(member.person_id == person.id for member in known_clients.members(actor)):
        raise AlreadyInvited
    giver, until = Actor.system(actor.client, purpose=purpose), None
    invited = _invitation(actor, person.email)
    if invited is not None:  # its access is the inviter's to give, as for everybody who comes by a link
        giver, role, purpose, until = inviter_of(invited), invited.role, invited.purpose, invited.grant_until
    if not role:
        raise NotFound
    joined = replace(actor, kind="staff" if kind == "staff" else "contact", person_id=person.id, by_link=True)
    with acting_as(Actor.system(actor.client)):
        clients.join(actor.client, person.id, kind)
        audit.record(joined, Event.PERSON_JOINED, invited or person, role=role)
        grants.give_grant(giver, person_id=person.id, role=role, purpose=purpose, until=until)
    return person.id


def make_admitted(*, kind: str, email: str, name: str) -> models.Person:
    """Make a person who has no password, and signs in through their organisation; they have no right anywhere.

    Raises:
        Invalid: name or address is missing or malformed.
    """
    person_id = ids.new()
    vault.make_person_key(person_id)
    person = models.Person(id=person_id, kind=kind, email=clean_email(email), name=clean_name(name))
    person.set_unusable_password()
    person.save(force_insert=True)
    return person


def end_named_sessions(actor: Actor, *, person_id: UUID, session_ids: frozenset[UUID] | None = None) -> int:
    """End these sessions of a person, or all of them, because their organisation says so; return how many there were.

    Raises:
        NotFound: there is no such person.
    """
    if not models.Person.objects.filter(id=person_id).exists():
        raise NotFound
    rows = models.Session.objects.filter(person_id=person_id)
    deleted, _ = (rows if session_ids is None else rows.filter(id__in=session_ids)).delete()
    record_own(actor, Event.SIGNED_OUT, person_id, about=person_id, others=deleted)
    return deleted


def _invitation(actor: Actor, email: str) -> models.Invitation | None:
    """Return the open invitation of an address to the actor's client, used up from now on."""
    now = clock.now()
    with bound(Binding(actor.client)):
        row = models.Invitation.objects.filter(
            client_id=actor.client, email=email, used_at=None, withdrawn_at=None, expires_at__gt=now
        ).first()
        if row is not None:
            row.used_at = now
            row.save(update_fields=["used_at"])
    return row
