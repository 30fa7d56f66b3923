"""The parts of the portal, for who switches them."""

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import query
from muniment.trust.access.queries.deciding import require
from muniment.trust.access.queries.parts import part_facts
from muniment.trust.access.types import PartFacts
from muniment.trust.clients import queries as clients


@query
def parts(actor: Actor) -> list[PartFacts]:
    """Return every part of the portal that can be off in the actor's client, in their order.

    Raises:
        NotFound: `actor` may not switch them, or acts within the firm, which has none.
    """
    require(actor, "part:switch")
    if actor.client == clients.find_firm_id():
        raise NotFound
    return part_facts(actor.client)
