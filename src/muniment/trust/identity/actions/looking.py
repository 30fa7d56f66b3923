"""Look at a client's space as one of its contacts sees it."""

from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.identity import models, queries


@action
def look_as(actor: Actor, *, contact_id: UUID) -> None:
    """Write down that somebody of the firm looks at the actor's client as a contact sees it, and why.

    The caller keeps it for the session: see `looking`. They see what both may see, and change nothing.

    Raises:
        NotFound: `actor` may not look as others here, or there is no such contact.
    """
    access.require(actor, "client:look")
    if actor.kind != "staff" or contact_id not in {contact.id for contact in queries.contacts_to_look_as(actor)}:
        raise NotFound
    audit.record(actor, Event.LOOKED_AS, models.Person(id=contact_id), person=contact_id)
