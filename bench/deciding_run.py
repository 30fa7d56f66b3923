"""Decides, lists and explains for one person, again and again, in a process with the portal's settings.

Each measure is processor time of this process alone; what PostgreSQL does comes on top and is in the time to wait.
Django must be set up.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from bench import filling
from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.portal.documents import queries as documents
from muniment.portal.documents.models import Document
from muniment.trust.access import actions as access_actions
from muniment.trust.access import queries as access
from muniment.trust.access.types import ACTIONS, Profile, Side, Terms
from muniment.trust.clients import actions as clients
from muniment.trust.identity import queries as people

TIMES = 200
VERB = "document:view"
ROWS = 50
DEMANDING = Side(
    terms=Terms(second_factor_for=frozenset(ACTIONS), fresh=(("view", 720),)),
    labels=(("confidential", Terms(passkey_for=frozenset(ACTIONS))),),
)


@dataclass(frozen=True)
class Taken:
    """The medians of one measure, in microseconds."""

    processor: float
    wall: float


def visitors(client_id: UUID, contact_email: str, reader_email: str) -> dict[str, Actor]:
    """Return a contact of the client, made one here, and the person of the firm who serves it."""
    contact, reader = people.find_person(contact_email), people.find_person(reader_email)
    if contact is None or reader is None:
        raise LookupError("nobody has one of these addresses")
    inside = Actor.system(client_id, purpose="Measure")
    with acting_as(inside):
        clients.join(client_id, contact.id, "contact")
    access_actions.give_grant(inside, person_id=contact.id, role="manager", purpose="Measure")
    here = {"client_id": client_id, "authenticated_at": clock.now(), "factors": ("password", "totp")}
    return {
        "contact": Actor(kind="contact", person_id=contact.id, **here),  # type: ignore[arg-type] # both know their fields
        "advisor": Actor(kind="staff", person_id=reader.id, purpose="Measure", **here),  # type: ignore[arg-type] # the same
    }


def measure(actor: Actor) -> dict[str, dict[str, float]]:
    """Return what it takes to decide, to list and to explain; the first also with the grants alone."""
    with acting_as(actor):
        document = Document.objects.filter(client_id=actor.client).order_by("-id").first()
        if document is None:
            raise LookupError("the client has no document")
        asked: dict[str, Callable[[], object]] = {
            "grants alone": lambda: access.granted(actor, VERB),
            "standing": lambda: access.standing(actor),
            "decision": lambda: access.reach(actor, VERB),
            "one document": lambda: access.find(actor, VERB, Document, document.id),
            "bare list": lambda: _listed(actor, access.granted(actor, VERB).whole),
            "list": lambda: documents.documents_in(actor, limit=ROWS),
            "explained": lambda: access.ways(actor, VERB, document),
        }
        return {name: vars(_taken(work)) for name, work in asked.items()}


def _listed(actor: Actor, is_whole: bool) -> list[Document]:  # noqa: FBT001 - one of two ways to ask the same
    rows = (
        Document.objects.filter(client_id=actor.client, trashed_at=None, folder=None)
        if is_whole
        else Document.objects.none()
    )
    return list(rows.order_by("-changed_at", "-id")[:ROWS])


def _taken(work: Callable[[], object]) -> Taken:
    work()
    processor, wall = [], []
    for _ in range(TIMES):
        used, begun = time.thread_time(), time.monotonic()
        work()
        processor.append(1e6 * (time.thread_time() - used))
        wall.append(1e6 * (time.monotonic() - begun))
    return Taken(statistics.median(processor), statistics.median(wall))


def run(client_id: UUID, contact: str, reader: str, *clients_served: int) -> dict[str, object]:
    """Measure without conditions and with some that are met, then for an advisor of ever more clients."""
    who = visitors(client_id, contact, reader)
    inside = Actor.system(client_id, purpose="Measure")
    told: dict[str, object] = {}
    for conditions, profile in (
        ("none", Profile()),
        ("set", Profile(zone="Europe/Berlin", staff=DEMANDING, contacts=DEMANDING)),
    ):
        access_actions.set_profile(inside, profile=profile)
        told[conditions] = {name: measure(actor) for name, actor in who.items()}
    access_actions.set_profile(inside, profile=Profile())
    served, advisor = 1, who["advisor"]
    for wanted in sorted(clients_served):
        for number in range(served, wanted):
            filling.open_client(advisor.person_id or client_id, f"Served {number}")
        served = max(served, wanted)
        told[f"advisor of {wanted}"] = measure(advisor)
    return told


def main() -> None:
    """Run for a client's public id, two addresses and the numbers of clients given; print what was found."""
    client, contact, reader, *served = sys.argv[1:]
    print(json.dumps(run(ids.private(client), contact, reader, *map(int, served))))
