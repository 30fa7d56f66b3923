"""A second administrator, for what two must want."""

from muniment.core.actor import Actor
from muniment.operations.demo.people import enrol
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.identity import actions as identity
from tests.cast import PASSWORD, Portal


def second_administrator(portal: Portal) -> Actor:
    """Return Grace, an administrator like Ada, at work in Okoye's space."""
    firm = Actor.system(clients.firm_id(), purpose="Tests")
    _, path = identity.invite_person(
        firm, email="grace@harcourt.example", name="Grace Harcourt", role="admin", purpose="Helps Ada"
    )
    visitor = Actor(kind="anonymous", client_id=firm.client)
    grace = identity.accept_invitation(visitor, secret=path.split("/")[3], name="Grace Harcourt", password=PASSWORD)
    enrol(grace)
    return Actor(
        kind="staff",
        person_id=grace,
        client_id=portal.okoye,
        ip="192.0.2.11",
        device="Firefox on Linux",
        firm_verbs=access.firm_verbs(grace),
    )
