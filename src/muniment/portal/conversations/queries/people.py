"""Who can be called in a thread, and who of the firm can answer it."""

from dataclasses import dataclass
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.unit import query
from muniment.portal.conversations.queries import seeing
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity


@dataclass(frozen=True)
class Reader:
    """Somebody who may read conversations of the client, whatever they are about."""

    id: UUID
    name: str
    is_firms: bool


@query
def able(actor: Actor) -> list[Reader]:
    """Return who may read conversations of the client, by name, without the actor; each thing may narrow it further.

    Raises:
        NotFound: the actor may read none.
    """
    access.require(actor, "thread:view")
    holders = access.holders(actor, "thread:view")
    sides = {member.person_id: member.kind == "staff" for member in clients.members(actor)}
    known = identity.people(holders & sides.keys() - {actor.person_id})
    found = [Reader(person.id, person.name, sides[person.id]) for person in known.values()]
    return sorted(found, key=lambda reader: (reader.name.casefold(), reader.id))


@query
def readers_of(actor: Actor, thread_id: UUID) -> frozenset[UUID]:
    """Return everyone who may read a thread.

    Raises:
        NotFound: there is no such thread, or it is not for this actor.
    """
    return seeing.readers(actor, seeing.thread_of(actor, thread_id))
