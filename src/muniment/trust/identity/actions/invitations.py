"""Invite people by one-use links, and let them join."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from muniment.core import clock, config, ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.trust.access import actions as grants
from muniment.trust.access import queries as access
from muniment.trust.access.errors import EndsInThePast, MoreThanYouHave, PurposeMissing, UnknownRole
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import actions as clients
from muniment.trust.clients import queries as known_clients
from muniment.trust.identity import delegation, letter_texts, models, queries, types
from muniment.trust.identity.actions.letters import write_letter
from muniment.trust.identity.actions.people import make_person
from muniment.trust.identity.addresses import clean_email, clean_name
from muniment.trust.identity.errors import AlreadyInvited, LinkOver, OtherPerson, SignInFirst, WrongSide
from muniment.trust.identity.life.actions.disabling import let_back_wanted
from muniment.trust.identity.strength.owners import owner_joining


@action
def invite_person(
    actor: Actor, *, email: str, name: str, role: str, purpose: str, until: datetime | None = None
) -> tuple[types.Invitation, str]:
    """Invite somebody to the actor's client; return the invitation and the path of its one-use link.

    Into the firm's own space come staff with a role of the firm, into a client's its contacts. `until` is
    the end of the access it gives. A new invitation for the same address replaces an open one.

    Raises:
        NotFound: `actor` may not invite people here.
        Invalid: name or address is missing or malformed.
        PurposeMissing: nobody said why.
        EndsInThePast: `until` is not later than now.
        UnknownRole: there is no role of this name.
        WrongSide: the role is not for people of this side.
        MoreThanYouHave: the role holds a verb that the actor may not give.
        AlreadyInvited: the person belongs here already.
    """
    access.require(actor, "person:invite")
    kind = "staff" if actor.client == known_clients.firm_id() else "contact"
    address = clean_email(email)
    _refuse(actor, kind, role, purpose, until, clock.now())
    person = queries.find_person(address)
    if person is not None and any(member.person_id == person.id for member in known_clients.members(actor)):
        raise AlreadyInvited
    return write_invitation(
        actor,
        person,
        letter_texts.inviting(actor),
        email=address,
        name=clean_name(name),
        kind=kind,
        role=role,
        purpose=purpose.strip(),
        grant_until=until,
    )


def write_invitation(
    actor: Actor, person: models.Person | None, said: letter_texts.Inviting, **given: Any
) -> tuple[types.Invitation, str]:
    """Write one invitation and its mail as part of an act that looked at everything; `person` has the address now."""
    address, now = given["email"], clock.now()
    if person is not None:
        let_back_wanted(actor, person, given["kind"])
    _withdraw_open(actor, address, now)
    secret = secrets.token_urlsafe(32)
    row = models.Invitation.objects.create(
        client_id=actor.client,
        secret_hash=queries.secret_hash(secret),
        invited_by=actor.person_id,
        expires_at=now + timedelta(days=config.current().invitation_days),
        **given,
    )
    audit.record(actor, Event.PERSON_INVITED, row, role=row.role, until=row.grant_until, expires_at=row.expires_at)
    path = f"/invitations/{ids.public(actor.client)}/{secret}/"
    subject, body = letter_texts.invitation(said, row, path)
    write_letter(to=address, subject=subject, body=body, person_id=person.id if person else None)
    return _facts(row), path


@action
def withdraw_invitation(actor: Actor, *, invitation_id: UUID) -> None:
    """Make an open invitation's link useless.

    Raises:
        NotFound: there is no such open invitation, or `actor` may not invite people here.
    """
    access.require(actor, "person:invite")
    row = models.Invitation.objects.filter(
        client_id=actor.client, id=invitation_id, used_at=None, withdrawn_at=None
    ).first()
    if row is None:
        raise NotFound
    row.withdrawn_at = clock.now()
    row.save(update_fields=["withdrawn_at"])
    audit.record(actor, Event.INVITATION_WITHDRAWN, row)


@action
def accept_invitation(actor: Actor, *, secret: str, name: str = "", password: str = "") -> UUID:
    """Join the actor's client with a one-use link; return the person's id.

    A visitor whose address has no account makes one with `name` and `password`; somebody signed in
    with the invited address joins as they are. The access is the inviter's grant: it is given with
    what the inviter may give now.

    Raises:
        LinkOver: the link was used, withdrawn or is too old, or its inviter may not invite any more.
        SignInFirst: the address has an account, and nobody is signed in.
        OtherPerson: somebody with another address is signed in.
        WrongSide: a contact was invited to the firm, or its staff as a contact.
        Invalid: the name is missing.
        WeakPassword: the password is too short, known or easy to guess.
        SignsInElsewhere: the organisation of the address alone says who its people are.
    """
    row = queries.find_invitation(actor, secret)
    if not models.Invitation.objects.filter(client_id=actor.client, id=row.id, used_at=None).update(
        used_at=clock.now()
    ):
        raise LinkOver
    person = _joining(actor, row, name, password)
    inviter = inviter_of(row)
    clients.join(actor.client, person.id, row.kind)
    joined = replace(actor, kind="staff" if row.kind == "staff" else "contact", person_id=person.id)
    audit.record(joined, Event.PERSON_JOINED, row, role=row.role)
    grants.give_grant(inviter, person_id=person.id, role=row.role, purpose=row.purpose, until=row.grant_until)
    return person.id


def _refuse(actor: Actor, kind: str, role: str, purpose: str, until: datetime | None, now: datetime) -> None:
    if not purpose.strip():
        raise PurposeMissing
    if until is not None and until <= now:
        raise EndsInThePast
    side = access.role_side(role)
    if side not in {"firm", "client"}:
        raise UnknownRole
    if side != ("firm" if kind == "staff" else "client"):
        raise WrongSide
    if not access.may_give(actor, role):
        raise MoreThanYouHave


def _withdraw_open(actor: Actor, address: str, now: datetime) -> None:
    models.Invitation.objects.filter(client_id=actor.client, email=address, used_at=None, withdrawn_at=None).update(
        withdrawn_at=now
    )


def _joining(actor: Actor, row: models.Invitation, name: str, password: str) -> models.Person:
    """Return who joins: the person signed in, or a new one."""
    person = queries.find_person(row.email)
    if person is None and actor.person_id is None:
        delegation.insist_here(row.email)
        owner = owner_joining(row.kind, row.client_id, row.email)
        return make_person(
            kind=row.kind,
            email=row.email,
            name=name,
            password=password,
            companies=owner.companies,
            rules=owner.rules,
        )
    if actor.person_id is None:
        raise SignInFirst
    if person is None or person.id != actor.person_id:
        raise OtherPerson
    if person.kind != row.kind:
        raise WrongSide
    return person


def inviter_of(row: models.Invitation) -> Actor:
    """Return the inviter with what they may do now; an invitation is worth no more than its giver's right."""
    if row.invited_by is None:
        return Actor.system(row.client_id, purpose="Made on the host")
    person = models.Person.objects.filter(id=row.invited_by, disabled_at=None).first()
    if person is None:
        raise LinkOver
    inviter = Actor(
        kind="staff" if person.kind == "staff" else "contact",
        person_id=person.id,
        client_id=row.client_id,
        firm_verbs=access.firm_verbs(person.id) if person.kind == "staff" else frozenset(),
    )
    belongs = any(membership.client_id == row.client_id for membership in known_clients.memberships(person.id))
    if not (belongs or inviter.firm_verbs) or not access.may(inviter, "person:invite"):
        raise LinkOver
    return inviter


def _facts(row: models.Invitation) -> types.Invitation:
    return types.Invitation(
        row.id,
        row.email,
        row.name,
        row.kind,
        row.role,
        row.purpose,
        row.invited_by,
        row.created_at,
        row.expires_at,
        row.grant_until,
    )
