"""People, who belongs to a client, and who is invited."""

from collections.abc import Iterable
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import query
from muniment.trust.access import queries as access
from muniment.trust.access.types import GroupFacts
from muniment.trust.clients import queries as clients
from muniment.trust.identity import models
from muniment.trust.identity.types import Invitation, Member, Person

ERASED_ADDRESS = "@erased.invalid"


def person(person_id: UUID) -> Person:
    """Return one person.

    Raises:
        NotFound: there is none.
    """
    row = models.Person.objects.filter(id=person_id).first()
    if row is None:
        raise NotFound
    return _facts(row)


def people(person_ids: Iterable[UUID | None]) -> dict[UUID, Person]:
    """Return people by id; guests, who are known by their address, among them. An id of nobody is left out."""
    wanted = {person_id for person_id in person_ids if person_id is not None}
    found = {row.id: _facts(row) for row in models.Person.objects.filter(id__in=wanted)} if wanted else {}
    unknown = wanted - found.keys()
    return found | {row.id: _guest(row) for row in models.Guest.objects.filter(id__in=unknown)} if unknown else found


def people_named(part: str) -> list[Person]:
    """Return who has `part` in their name or address, by name, without those who were erased; opens every name."""
    rows = (_facts(row) for row in models.Person.objects.all())
    found = [row for row in rows if part.casefold() in f"{row.name}\n{row.email}".casefold()]
    return sorted(
        (row for row in found if not row.email.endswith(ERASED_ADDRESS)), key=lambda row: (row.name.casefold(), row.id)
    )


def find_person(email: str) -> models.Person | None:
    """Return who has this address, or None; never tell a visitor which."""
    return models.Person.objects.filter(email=email.strip()).first()


def has_factor(person_id: UUID) -> bool:
    """Return whether the person has a second factor: an authenticator app, a passkey or a security key."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user_id=person_id, type__in=kinds).exists())


def has_app(person_id: UUID) -> bool:
    """Return whether the person has an authenticator app."""
    return bool(Authenticator.objects.filter(user_id=person_id, type=Authenticator.Type.TOTP).exists())


def logs_of(person_id: UUID | None) -> list[UUID]:
    """Return the clients in whose logs a person's own acts stand; the firm's for staff and for somebody unknown."""
    firm_id = clients.find_firm_id()
    if firm_id is None:
        return []
    if person_id is None:
        return [firm_id]
    found = clients.memberships(person_id)
    if any(membership.client_id == firm_id for membership in found):
        return [firm_id]
    return [membership.client_id for membership in found] or [firm_id]


def clients_of(person_id: UUID) -> list[UUID]:
    """Return every client, and the firm, to which a person belongs or belonged."""
    return clients.places_of(person_id)


@query
def people_of(actor: Actor) -> list[Member]:
    """Return who belongs to the actor's client, by name, with their roles on the whole of it.

    Raises:
        NotFound: `actor` may not see them.
    """
    access.require(actor, "person:list")
    belonging = clients.members(actor)
    known = people(membership.person_id for membership in belonging)
    given = [grant for grant in access.grants(actor) if grant.scope_kind == "client"]
    inside: dict[UUID, list[GroupFacts]] = {}
    for group in access.list_groups(actor):
        for person_id in group.members:
            inside.setdefault(person_id, []).append(group)
    found = []
    for membership in belonging:
        groups = inside.get(membership.person_id, [])
        its = {group.id for group in groups}
        mine = [grant for grant in given if grant.person_id == membership.person_id or grant.group_id in its]
        found.append(
            Member(
                person=known[membership.person_id],
                kind=membership.kind,
                roles=tuple(dict.fromkeys(grant.role for grant in mine)),
                purpose=mine[0].purpose if mine else "",
                since=membership.started_at,
                ends_at=mine[0].ends_at if mine else None,
                groups=tuple(group.name for group in groups),
            )
        )
    return sorted(found, key=lambda member: member.person.name.casefold())


@query
def open_invitations(actor: Actor) -> list[Invitation]:
    """Return the invitations to the actor's client that can still be accepted, newest first.

    Raises:
        NotFound: `actor` may not invite anyone here.
    """
    access.require(actor, "person:invite")
    rows = models.Invitation.objects.filter(
        client_id=actor.client, used_at=None, withdrawn_at=None, expires_at__gt=clock.now()
    )
    return [
        Invitation(
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
        for row in rows.order_by("-id")
    ]


@query
def roles_to_give(actor: Actor) -> tuple[str, ...]:
    """Return the roles `actor` may invite people of the actor's client for, the most capable first.

    Into the firm's own space come its staff; into a client's come its contacts.

    Raises:
        NotFound: `actor` may not invite anyone here.
    """
    access.require(actor, "person:invite")
    side = "firm" if actor.client_id == clients.find_firm_id() else "client"
    return tuple(role.name for role in access.list_roles(side) if access.may_give(actor, role.name))


@query
def staff_to_assign(actor: Actor) -> list[Person]:
    """Return the people of the firm whom `actor` may let work for the actor's client, by name.

    Raises:
        NotFound: `actor` may not assign anyone here.
    """
    _require_assigning(actor)
    staff = [member.person_id for member in clients.members(actor.within(clients.firm_id()))]
    found = [person for person in people(staff).values() if person.active and person.id != actor.person_id]
    return sorted(found, key=lambda person: person.name.casefold())


@query
def roles_to_assign(actor: Actor) -> tuple[str, ...]:
    """Return the roles in which `actor` may let staff work for the actor's client, the most capable first.

    Raises:
        NotFound: `actor` may not assign anyone here.
    """
    _require_assigning(actor)
    return tuple(role for role in access.assigned_roles() if access.may_give(actor, role))


def _require_assigning(actor: Actor) -> None:
    access.require(actor, "person:assign")
    if actor.kind == "contact" or actor.client_id == clients.firm_id():
        raise NotFound


def _guest(row: models.Guest) -> Person:
    return Person(row.id, _("%s, by a link") % row.email, row.email, "guest", active=False, last_sign_in_at=None)


def _facts(row: models.Person) -> Person:
    return Person(row.id, row.name, row.email, row.kind, row.is_active, row.last_login)
