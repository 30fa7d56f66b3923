"""A call of an action, and the portal in which it is made."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.portal.documents import actions as documents
from muniment.trust.access import actions as access
from muniment.trust.access import queries as known_grants
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients
from muniment.trust.custody import actions as custody
from muniment.trust.identity import actions as identity
from tests.cast import Portal
from tests.guarantees.laid import laid
from tests.guarantees.things import CONTENT, Things

NEW_PASSWORD = "nine lanterns drift under ice"


@dataclass(frozen=True)
class Call:
    """One valid call: who does it with what, and what the log of which client must hold then."""

    actor: Actor
    event: Event
    values: dict[str, Any] = field(default_factory=dict)
    client_id: UUID | None = None  # None: the actor's
    object_id: UUID | None = None  # None: whatever it is


@dataclass(frozen=True)
class Case:
    """A portal with one of everything, and its people at work."""

    portal: Portal
    things: Things

    @classmethod
    def of(cls, portal: Portal) -> "Case":
        return cls(portal, laid(portal))

    def who(self, name: str, client_id: UUID | None = None) -> Actor:
        found = self.portal.actor(name, client_id)
        return replace(found, session_id=ids.new(), proved_at=clock.now(), request_id="request-of-the-test")

    @property
    def cleo(self) -> Actor:
        return self.who("cleo")

    @property
    def ada(self) -> Actor:
        return self.who("ada")

    @property
    def system(self) -> Actor:
        return Actor.system(self.portal.okoye, purpose="Tests")

    def visitor(self, client_id: UUID | None = None) -> Actor:
        return Actor(kind="anonymous", client_id=client_id, ip="192.0.2.10", device="Firefox on Linux")

    def id(self, name: str) -> UUID:
        found: UUID = self.things.values[name]
        return found

    def other_folder(self) -> UUID:
        return documents.create_folder(self.cleo, name="Other").id

    def way_of_cleo(self) -> UUID:
        """Return the grant by which Cleo is in her client."""
        found = known_grants.visible_grants(self.cleo)
        return next(way.id for way in found if way.person_id == self.cleo.person_id and way.scope_id is None)

    def closed(self) -> "Case":
        """Close the folder of the case to all but Cleo."""
        documents.close_folder(self.cleo, folder_id=self.id("folder_id"), stay=[self.way_of_cleo()])
        return self

    def invited(self) -> str:
        """Invite somebody new and return the secret of the link."""
        _, path = identity.invite_person(
            self.cleo, email="new@okoye.example", name="New", role="guest", purpose="Helps with the year end"
        )
        return path.split("/")[3]

    def approval(self, *, approved: bool = False) -> UUID:
        """Let Cleo ask for Dan's end; approved by Ada where that is wanted."""
        dan = ("person", self.portal.people["dan"])
        asked = access.ask_approval(self.cleo, act="person:end", obj=dan, reason="He left")
        if approved:
            access.approve(self.who("ada", self.portal.okoye), approval_id=asked.id)
        return asked.id

    @property
    def firm(self) -> Actor:
        return Actor.system(clients.firm_id(), purpose="Tests")

    def second_admin(self) -> Actor:
        return replace(self.ada, person_id=self.things.in_role("admin"))

    def network(self) -> str:
        return access.set_network(self.ada, name="Office", cidrs=["203.0.113.0/24"]).name

    def hold(self) -> UUID:
        return custody.place_hold(
            self.who("ada", self.portal.okoye), kind="client", object_id=self.portal.okoye, reason="A court asked"
        ).id

    def reset_token(self) -> str:
        from muniment.trust.identity.actions.passwords import reset_path
        from muniment.trust.identity.models import Person

        return reset_path(Person.objects.get(id=self.portal.people["cleo"])).split("/")[-2]

    def complete_upload(self) -> UUID:
        """Return an upload of which every byte has arrived, and which is no document yet."""
        upload = documents.begin_upload(self.cleo, name="Whole.pdf", size_bytes=len(CONTENT))
        with documents.receive_chunk(self.cleo, upload_id=upload.id, offset=0, size_bytes=len(CONTENT)) as receiver:
            receiver.feed(CONTENT)
        return upload.id

    def proved_entry(self) -> UUID:
        """Return the entry about a share, which has its place in the tree."""
        from tests.trust.audit.numbered import number

        number()
        return self.id("entry_id")

    def own_session(self) -> UUID:
        from muniment.trust.identity.models import Session
        from tests.cast import signed_in

        signed_in(self.portal.people["cleo"])
        return Session.objects.filter(person_id=self.portal.people["cleo"]).latest("created_at").id


def own(case: Case, event: Event, **values: Any) -> Call:
    return Call(case.cleo, event, values)


def link_terms(case: Case) -> dict[str, Any]:
    until = clock.now() + timedelta(days=3)
    return {"task": "view", "purpose": "The bank asks for it", "until": until, "most_uses": 5}


def guest(case: Case) -> Actor:
    """Return who gave the code of the link there is."""
    link_id = case.id("link_id")
    return replace(case.visitor(case.portal.okoye), kind="contact", person_id=link_id, guest_link_id=link_id)


def reader(case: Case) -> dict[str, Any]:
    return {"person_id": case.portal.people["dan"], "role": "viewer", "purpose": "Year end"}
