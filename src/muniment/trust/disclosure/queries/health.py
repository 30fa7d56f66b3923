"""How the portal is, for those who look after it."""

from muniment.core import health as looks
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.health import HealthLine, Topic
from muniment.core.unit import query
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients


@query
def health(actor: Actor) -> dict[Topic, list[HealthLine]]:
    """Look at everything that apps declared and return what was found, by topic.

    Raises:
        NotFound: `actor` may not, or acts not within the firm.
    """
    access.require(actor, "health:read")
    if actor.client_id != clients.find_firm_id():
        raise NotFound
    return looks.lines()
