"""The cast of every test: Ada runs the firm, Ben is her colleague, Cleo is a client, Mallory belongs elsewhere.

Written once into a database of its own, which tests clone; so everybody is there, enrolled, at no cost.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from django.test import Client as Browser

from muniment.core.actor import Actor
from muniment.operations.demo.people import enrol
from muniment.portal.documents import actions as documents
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.identity import actions as identity
from muniment.trust.identity import queries

PASSWORD = "seven-otters-under-the-bridge"
FIRM, OKOYE, BRANDT = "Harcourt & Vane", "Okoye Holdings Ltd", "Brandt Orchards GmbH"
PEOPLE = {
    "ada": ("Ada Harcourt", "ada@harcourt.example"),
    "ben": ("Ben Vane", "ben@harcourt.example"),
    "cleo": ("Cleo Okoye", "cleo@okoye.example"),
    "dan": ("Dan Okoye", "dan@okoye.example"),
    "mallory": ("Mallory Brandt", "mallory@brandt.example"),
}


@dataclass(frozen=True)
class Portal:
    """The firm, two clients, and who is who."""

    firm_id: UUID
    okoye: UUID
    brandt: UUID
    people: dict[str, UUID]

    def actor(self, name: str, client_id: UUID | None = None) -> Actor:
        """Return somebody at work: in their own space, or in the client given."""
        homes = {"ada": self.firm_id, "ben": self.okoye, "cleo": self.okoye, "dan": self.okoye, "mallory": self.brandt}
        person = queries.find_person(PEOPLE[name][1])
        assert person is not None
        at_work = Actor(
            kind="staff" if person.kind == "staff" else "contact",
            person_id=person.id,
            client_id=client_id or homes[name],
            ip="192.0.2.10",
            device="Firefox on Linux",
            credentials_changed_at=person.credentials_changed_at,
        )
        return replace(at_work, firm_verbs=access.firm_verbs(person.id)) if person.kind == "staff" else at_work


def lay() -> None:
    """Make the firm, two clients and the cast."""
    link = identity.make_setup_link()
    name, email = PEOPLE["ada"]
    host = Actor.system(purpose="Set up the tests")
    ada = identity.set_up_portal(
        host, secret=link.split("/")[2], firm_name=FIRM, name=name, email=email, password=PASSWORD
    )
    enrol(ada)
    firm = Actor.system(clients.firm_id(), purpose="Set up the tests")
    ben = _joined(firm, "ben", "advisor")
    for company, contacts in ((OKOYE, {"cleo": "manager", "dan": "guest"}), (BRANDT, {"mallory": "manager"})):
        opened = identity.open_client(firm, name=company, line="")
        inside = Actor.system(opened.id, purpose="Set up the tests")
        for contact, role in contacts.items():
            _joined(inside, contact, role)
        documents.set_upload_rules(inside, rules={"other": "allow"})  # tests send random bytes
        if company == OKOYE:
            identity.assign_staff(inside, person_id=ben, role="advisor", purpose="Year end 2026")


def find() -> Portal:
    """Return who is who in the database at hand."""
    companies = {company.name: company.id for company in queries.companies(clients.client_ids()).values()}
    people = {key: queries.find_person(email).id for key, (_name, email) in PEOPLE.items()}  # type: ignore[union-attr]
    return Portal(clients.firm_id(), companies[OKOYE], companies[BRANDT], people)


def signed_in(person_id: UUID, purpose: str = "Tests") -> Browser:
    """Return a browser in which somebody has signed in with password and second factor."""
    from muniment.core import clock
    from muniment.trust.identity.models import Person

    browser = Browser(headers={"host": "localhost"})
    browser.force_login(Person.objects.get(id=person_id))
    session = browser.session
    moment = clock.now().timestamp()
    session["account_authentication_methods"] = [
        {"method": "password", "at": moment},
        {"method": "mfa", "type": "totp", "at": moment},
    ]
    if purpose:  # of staff in the clients they are not assigned to
        session["purposes"] = {str(client_id): (purpose, moment + 3600) for client_id in clients.client_ids()}
    session.save()
    return browser


def _joined(inside: Actor, who: str, role: str) -> UUID:
    name, email = PEOPLE[who]
    _, path = identity.invite_person(inside, email=email, name=name, role=role, purpose="Works on the year end")
    visitor = Actor(kind="anonymous", client_id=inside.client)
    person_id = identity.accept_invitation(visitor, secret=path.split("/")[3], name=name, password=PASSWORD)
    enrol(person_id)
    return person_id
