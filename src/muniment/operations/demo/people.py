"""The demo's people: a firm of accountants, three clients, somebody in each role. All invented."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.trust.clients import queries as clients
from muniment.trust.identity import actions as identity
from muniment.trust.identity import queries

STEP_SECONDS = 30  # RFC 6238
FIRM = "Harcourt & Vane"
DOMAIN = "harcourt-vane.example"


@dataclass(frozen=True)
class Cast:
    """One invented person: where they belong, in which role, and why."""

    name: str
    email: str
    role: str
    purpose: str
    days: int | None = None


@dataclass(frozen=True)
class House:
    """One invented client with its people, and the staff assigned to it."""

    name: str
    line: str
    contacts: tuple[Cast, ...]
    staff: tuple[tuple[str, str, str], ...]  # address, role, purpose


@dataclass(frozen=True)
class SignIn:
    """What somebody needs to sign in to the demo."""

    name: str
    place: str
    role: str
    email: str
    password: str
    secret: str


STAFF = (
    Cast("Nora Lind", f"nora@{DOMAIN}", "admin", "Looks after people and rights"),
    Cast("Ben Vane", f"ben@{DOMAIN}", "advisor", "Partner, tax"),
    Cast("Jonas Thiel", f"jonas@{DOMAIN}", "analyst", "Management accounts"),
    Cast("Priya Raman", f"priya@{DOMAIN}", "engineer", "Imports and interfaces"),
    Cast("Edith Moss", f"edith@{DOMAIN}", "auditor", "Internal audit"),
)
HOUSES = (
    House(
        "Okoye Holdings Ltd",
        "Property and family holdings",
        (
            Cast("Cleo Okoye", "cleo@okoye.example", "manager", "Managing director"),
            Cast("Samuel Adeyemi", "samuel@okoye.example", "user", "Bookkeeping"),
            Cast("Ruth Calder", "ruth@calder-surveyors.example", "guest", "Surveyor, Calder Street", 60),
        ),
        (
            (f"ben@{DOMAIN}", "advisor", "Year-end accounts and tax 2026"),
            (f"jonas@{DOMAIN}", "analyst", "Quarterly management accounts"),
            (f"edith@{DOMAIN}", "auditor", "Internal audit 2026"),
        ),
    ),
    House(
        "Brandt Orchards GmbH",
        "Fruit growing and juice, Lake Constance",
        (
            Cast("Mallory Brandt", "mallory@brandt.example", "manager", "Owner"),
            Cast("Felix Auer", "felix@brandt.example", "user", "Farm office"),
            Cast("Greta Sonnleitner", "greta@bank.example", "guest", "Bank, loan of 2027", 30),
        ),
        ((f"ben@{DOMAIN}", "advisor", "Tax returns 2026"),),
    ),
    House(
        "Lumen Dental Practice",
        "Dentists, two partners",
        (
            Cast("Imani Clarke", "imani@lumen.example", "manager", "Partner"),
            Cast("Tom Reyes", "tom@lumen.example", "user", "Practice manager"),
            Cast("Lena Fox", "lena@lumen.example", "guest", "Locum dentist", 14),
        ),
        (
            (f"jonas@{DOMAIN}", "analyst", "Payroll and monthly figures"),
            (f"priya@{DOMAIN}", "engineer", "Import of payslips"),
        ),
    ),
)


def lay(data: Path) -> list[SignIn]:
    """Make the firm, its clients and everybody in them, unless they are there; return how to sign in.

    One password, different in every installation, serves all; the second factor's secrets differ. They
    stand in `demo.json` of the data directory (0600) for the next start. A demo is refused where a
    network could reach it, so that this stays a demo.
    """
    kept = data / "demo.json"
    if kept.exists():
        return [SignIn(**one) for one in json.loads(kept.read_text())]
    password = "-".join(secrets.token_hex(3) for _ in range(4))
    found = _lay_firm(password)
    descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump([asdict(one) for one in found], file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return found


def sign_ins(data: Path) -> list[dict[str, str]]:
    """Return how to sign in, as the terminal shows it, making the people first where they are not there."""
    return [
        {
            "who": one.name,
            "where": one.place,
            "role": one.role,
            "e-mail": one.email,
            "password": one.password,
            "authenticator key": one.secret,
        }
        for one in lay(data)
    ]


def _lay_firm(password: str) -> list[SignIn]:
    link = identity.make_setup_link()
    chief = Cast("Ada Harcourt", f"ada@{DOMAIN}", "super-admin", "Runs the firm")
    host = Actor.system(purpose="Set up the demo")
    chief_id = identity.set_up_portal(
        host, secret=link.split("/")[2], firm_name=FIRM, name=chief.name, email=chief.email, password=password
    )
    found = [_enrolled(chief, FIRM, chief_id, password)]
    firm = Actor.system(clients.firm_id(), purpose="Set up the demo")
    known = {}
    for one in STAFF:
        known[one.email] = _joined(firm, one, password)
        found.append(_enrolled(one, FIRM, known[one.email], password))
    for house in HOUSES:
        found += _lay_house(house, firm, known, password)
    return found


def _lay_house(house: House, firm: Actor, staff: dict[str, UUID], password: str) -> list[SignIn]:
    company = identity.open_client(firm, name=house.name, line=house.line)
    inside = Actor.system(company.id, purpose="Set up the demo")
    for email, role, purpose in house.staff:
        identity.assign_staff(inside, person_id=staff[email], role=role, purpose=purpose)
    found = []
    for one in house.contacts:
        person_id = _joined(inside, one, password)
        found.append(_enrolled(one, house.name, person_id, password))
    return found


def _joined(inside: Actor, one: Cast, password: str) -> UUID:
    until = clock.now() + timedelta(days=one.days) if one.days else None
    _, path = identity.invite_person(
        inside, email=one.email, name=one.name, role=one.role, purpose=one.purpose, until=until
    )
    visitor = Actor(kind="anonymous", client_id=inside.client)
    return identity.accept_invitation(visitor, secret=path.split("/")[3], name=one.name, password=password)


def _enrolled(one: Cast, place: str, person_id: UUID, password: str) -> SignIn:
    return SignIn(one.name, place, one.role, one.email, password, enrol(person_id))


def enrol(person_id: UUID) -> str:
    """Give somebody an authenticator app and return its secret in base32, as apps take it.

    The code counted as used is the one before the present one, so that the person can sign in at once.
    """
    secret = str(generate_totp_secret())
    step = int(clock.now().timestamp()) // STEP_SECONDS - 1
    kind = queries.people([person_id])[person_id].kind  # the log says whose person did it
    actor = Actor(kind="staff" if kind == "staff" else "contact", person_id=person_id)
    identity.add_factor(actor, secret=secret, code=format_hotp_value(hotp_value(secret, step)))
    return secret
