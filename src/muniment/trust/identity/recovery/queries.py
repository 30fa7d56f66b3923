"""Open ways back in, and who may confirm that somebody lost what they sign in with."""

from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as, query
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.clients.types import MembershipFacts
from muniment.trust.identity.queries.links import secret_hash
from muniment.trust.identity.queries.people import people
from muniment.trust.identity.recovery.models import Recovery
from muniment.trust.identity.recovery.types import RecoveryFacts
from muniment.trust.identity.types import Person


def open_recovery(person_id: UUID | None) -> RecoveryFacts | None:
    """Return the way back in that is open for somebody, or None."""
    rows = Recovery.objects.filter(stopped_at=None, used_at=None)
    row = rows.filter(person_id=person_id).first() if person_id is not None else None
    return _facts(row) if row is not None and clock.now() < row.expires_at else None


def open_by_link(secret: str) -> RecoveryFacts | None:
    """Return the open way back in that a link from a mail stops, or None."""
    row = Recovery.objects.filter(secret_hash=secret_hash(secret)).first()
    return open_recovery(row.person_id) if row is not None and not (row.stopped_at or row.used_at) else None


@query
def to_confirm(actor: Actor) -> list[tuple[Person, RecoveryFacts]]:
    """Return whom of the actor's client the actor may confirm, or stop once somebody did, with their open ways back in.

    Raises:
        NotFound: `actor` may not end anyone's place here, and so confirms nobody.
    """
    if not access.may(actor, "person:end"):
        raise NotFound
    here = {member.person_id: member.kind for member in clients.members(actor)}
    rows = Recovery.objects.filter(person_id__in=here, stopped_at=None, used_at=None, expires_at__gt=clock.now())
    known = people(row.person_id for row in rows)
    return [
        (known[row.person_id], _facts(row))
        for row in rows
        if may_confirm(actor, row.person_id, here[row.person_id]) and row.person_id in known
    ]


def may_confirm(actor: Actor, person_id: UUID, kind: str) -> bool:
    """Return whether the actor, who has `person:end` here, may confirm a person who is here as "staff" or "contact".

    Staff are confirmed in the firm's own space alone; who belongs to several clients by the firm's administrators
    alone, for no client weakens another one's door. Nobody confirms themselves, or who may do what they may not give:
    whoever could not end a place does not open it either.
    """
    if person_id == actor.person_id:
        return False
    if kind != "contact" and actor.client_id != clients.firm_id():
        return False
    if kind == "contact" and len(clients.memberships(person_id)) > 1 and "person:end" not in actor.firm_verbs:
        return False
    inside = access.groups_of(actor, person_id)
    given = [grant for grant in access.grants(actor) if grant.person_id == person_id or grant.group_id in inside]
    return all(access.may_give(actor, role) for role in {one.role for one in given if one.scope_kind == "client"})


def confirmers(person_id: UUID) -> dict[UUID, UUID]:
    """Return who is asked to confirm somebody, each with the client in which: managers there, or administrators.

    Administrators are asked for staff, and for a contact whom no other manager may confirm.
    """
    asked: dict[UUID, UUID] = {}
    for place in _places(person_id):
        contacts = _contacts(place.client_id)
        holding = [_as(one, place.client_id, contacts) for one in _holding(place)]
        with acting_as(Actor.system(place.client_id)):
            able = {one.person_id for one in holding if one.person_id and may_confirm(one, person_id, place.kind)}
        asked |= dict.fromkeys((able & contacts) or able, place.client_id)
    return asked


def concerned(person_id: UUID) -> set[UUID]:
    """Return who is told of each step: who may confirm it, and the managers of every client the person belongs to."""
    told = set(confirmers(person_id))
    for place in _places(person_id):
        if place.kind == "contact":
            told |= _holding(place) & _contacts(place.client_id)
    return told - {person_id}


def _places(person_id: UUID) -> list[MembershipFacts]:
    """Return where it is decided about somebody: of staff in the firm alone."""
    places, firm_id = clients.memberships(person_id), clients.firm_id()
    return [place for place in places if place.client_id == firm_id] or places


def _holding(place: MembershipFacts) -> frozenset[UUID]:
    return access.holders(Actor.system(place.client_id), "person:end") - {place.person_id}


def _contacts(client_id: UUID) -> set[UUID]:
    return {member.person_id for member in clients.members(Actor.system(client_id)) if member.kind == "contact"}


def _as(person_id: UUID, client_id: UUID, contacts: set[UUID]) -> Actor:
    """Return somebody with what they may do in a client, though they are not here."""
    if person_id in contacts:
        return Actor(kind="contact", person_id=person_id, client_id=client_id)
    verbs = access.firm_verbs(person_id)
    return Actor(kind="staff", person_id=person_id, client_id=client_id, firm_verbs=verbs)


def find(actor: Actor, person_id: UUID) -> RecoveryFacts:
    """Return the open way back in of somebody whom the actor may confirm, or stop once somebody did.

    Raises:
        NotFound: there is none, or `actor` may not.
    """
    found = next((facts for person, facts in to_confirm(actor) if person.id == person_id), None)
    if found is None:
        raise NotFound
    return found


def _facts(row: Recovery) -> RecoveryFacts:
    ready = row.ready_at is not None and row.ready_at <= clock.now()
    return RecoveryFacts(
        person_id=row.person_id,
        asked_at=row.asked_at,
        wait_hours=row.wait_hours,
        confirmed_by=row.confirmed_by,
        ready_at=row.ready_at,
        expires_at=row.expires_at,
        state="ready" if ready else "waiting" if row.ready_at else "asked",
    )
