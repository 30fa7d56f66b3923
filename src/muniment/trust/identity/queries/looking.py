"""Look at a client's space as one of its contacts."""

from dataclasses import replace

from django.contrib.sessions.backends.base import SessionBase

from muniment.core.actor import Actor
from muniment.core.unit import query
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.identity import looking
from muniment.trust.identity.queries.companies import company
from muniment.trust.identity.queries.people import people
from muniment.trust.identity.types import Person


@query
def contacts_to_look_as(actor: Actor) -> list[Person]:
    """Return the contacts of the actor's client, by name: as each of them somebody of the firm may look.

    Raises:
        NotFound: `actor` may not look as others here.
    """
    access.require(actor, "client:look")
    contacts = [member.person_id for member in clients.members(actor) if member.kind == "contact"]
    return sorted(people(contacts).values(), key=lambda person: person.name.casefold())


def is_looking(session: SessionBase) -> bool:
    """Return whether somebody looks as somebody else in this session."""
    return looking.running(session) is not None


def look_of(session: SessionBase) -> tuple[str, str] | None:
    """Return as whom somebody looks in this session, and at which client, both by name."""
    look = looking.running(session)
    if look is None:
        return None
    known = people([look.contact_id])
    return known[look.contact_id].name if look.contact_id in known else "", company(look.client_id).name


def looking_as(actor: Actor, session: SessionBase) -> Actor:
    """Return the actor as they look: as themselves, or as the contact whom they chose in their session.

    Decided anew every time: a contact who left, or a right to look that ended, ends the look.
    """
    look = looking.running(session)
    if look is None or look.client_id != actor.client_id:
        return actor
    contacts = {member.person_id for member in clients.members(actor) if member.kind == "contact"}
    if actor.kind != "staff" or "client:look" not in actor.verbs or look.contact_id not in contacts:
        looking.end(session)
        return actor
    there = replace(actor, looking_as=look.contact_id, firm_verbs=frozenset(), verbs=frozenset())
    return replace(there, verbs=access.standing(there).verbs)
