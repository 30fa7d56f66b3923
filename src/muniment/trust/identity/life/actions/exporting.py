"""Take along what the portal keeps of oneself."""

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.trust.access import queries as access
from muniment.trust.audit.types import Event
from muniment.trust.identity.actions.entries import record_own
from muniment.trust.identity.life.queries.own_data import own_data


@action
def export_own_data(actor: Actor) -> bytes:
    """Return a JSON file with everything that the portal keeps of the actor; it is in their logs that they took it.

    Raises:
        NotFound: nobody is signed in, or somebody looks as somebody else.
        ConfirmFirst: they did not confirm lately that it is them.
    """
    if actor.person_id is None or actor.guest_link_id is not None or actor.looking_as is not None:
        raise NotFound
    access.insist_proved(actor, "administer")
    data = own_data(actor)
    record_own(actor, Event.PERSON_EXPORTED, actor.person_id, bytes=len(data))
    return data
