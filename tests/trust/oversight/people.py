"""The cast of these tests: a second administrator, and Imani of the firm, who works for no client."""

from dataclasses import dataclass, replace
from uuid import UUID

from muniment.core.actor import Actor
from muniment.operations.demo.people import enrol
from muniment.trust.access import queries as access
from muniment.trust.identity import actions as identity
from tests.cast import PASSWORD, Portal
from tests.guarantees.things import Things


@dataclass(frozen=True)
class Firm:
    """The portal with one of everything in Okoye's space, and two more people of the firm."""

    portal: Portal
    things: Things
    eli_id: UUID
    imani_id: UUID

    @property
    def ada(self) -> Actor:
        """The first administrator, in the firm's own space."""
        return self.portal.actor("ada")

    @property
    def eli(self) -> Actor:
        """The second."""
        return self._of_firm(self.eli_id)

    @property
    def imani(self) -> Actor:
        """An analyst of the firm without any client."""
        return self._of_firm(self.imani_id)

    def at_okoye(self, actor: Actor) -> Actor:
        """Return somebody acting within Okoye's space."""
        return actor.within(self.portal.okoye)

    def _of_firm(self, person_id: UUID) -> Actor:
        return replace(self.ada, person_id=person_id, firm_verbs=access.firm_verbs(person_id))


def join_firm(portal: Portal, name: str, role: str) -> UUID:
    """Let somebody new work for the firm; return who."""
    firm = Actor.system(portal.firm_id, purpose="Set up the tests")
    email = f"{name.partition(' ')[0].lower()}@harcourt.example"
    _, path = identity.invite_person(firm, email=email, name=name, role=role, purpose="Works for the firm")
    visitor, secret = Actor(kind="anonymous", client_id=portal.firm_id), path.rstrip("/").rpartition("/")[2]
    person_id = identity.accept_invitation(visitor, secret=secret, name=name, password=PASSWORD)
    enrol(person_id)
    return person_id
