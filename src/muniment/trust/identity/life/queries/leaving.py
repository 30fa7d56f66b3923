"""Who manages the people of a client, and who can be asked by somebody who would leave."""

from muniment.core.actor import Actor
from muniment.core.unit import query
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.identity import models
from muniment.trust.identity.queries.people import people
from muniment.trust.identity.types import Person


def other_managers(actor: Actor) -> list[Person]:
    """Return the contacts of the bound client who manage its people and can sign in, without the actor.

    By what they were given: conditions of this hour do not count.
    """
    others = [
        member.person_id
        for member in clients.members(actor)
        if member.kind == "contact" and member.person_id != actor.person_id
    ]
    able = models.Person.objects.filter(id__in=others, disabled_at=None).values_list("id", flat=True)
    found = [
        one
        for one in able
        if access.granted(Actor(kind="contact", person_id=one, client_id=actor.client_id), "person:end").whole
    ]
    return sorted(people(found).values(), key=lambda person: person.name.casefold())


@query
def whom_to_ask(actor: Actor) -> list[Person]:
    """Return who can help somebody who may not leave: the people of the firm who work for the client, by name."""
    staff = [member.person_id for member in clients.members(actor) if member.kind == "staff"]
    found = [person for person in people(staff).values() if person.active and person.id != actor.person_id]
    return sorted(found, key=lambda person: person.name.casefold())
