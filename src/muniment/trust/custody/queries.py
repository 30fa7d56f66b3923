"""Keys as an inventory, holds, destructions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.unit import bound, query
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.custody.models import Destruction, Hold
from muniment.trust.custody.types import BLOBS_OF, DestructionFacts, HoldFacts
from muniment.trust.identity import queries as identity
from muniment.trust.identity.types import Company, Person
from muniment.trust.vault import actions as vault
from muniment.trust.vault import queries as keys
from muniment.trust.vault.types import KeyFacts, Trial, TurningFacts

WARN_DAYS = 30


@dataclass(frozen=True)
class Inventory:
    """Every key, what turns now, and the sentences about what is overdue."""

    keys: list[KeyFacts]
    turning: TurningFacts | None
    last_turning: TurningFacts | None
    warnings: list[str]


@query
def inventory(actor: Actor) -> Inventory:
    """Return every key of the portal with its age and its cryptoperiod.

    Raises:
        NotFound: `actor` may not see them.
    """
    access.require(actor, "key:list")
    found = vault.key_facts()
    turnings = vault.turnings()
    return Inventory(
        keys=found,
        turning=next((turning for turning in turnings if turning.finished_at is None), None),
        last_turning=next((turning for turning in turnings if turning.finished_at is not None), None),
        warnings=warnings(found),
    )


def warnings(found: list[KeyFacts] | None = None) -> list[str]:
    """Return a sentence for each key whose cryptoperiod is over; empty while all are young enough."""
    keys, now = vault.key_facts() if found is None else found, clock.now()
    return [
        f"The {key.name} has sealed for {(now - key.turned_at).days} days; its cryptoperiod is {key.period_days}. "
        f"Turn it: muniment keys rotate {key.what}."
        for key in keys
        if key.is_overdue(now) and key.turned_at is not None
    ]


@query
def destructions(actor: Actor) -> list[DestructionFacts]:
    """Return every destruction, newest first.

    Raises:
        NotFound: `actor` may not see them.
    """
    access.require(actor, "key:destroy")
    return [destruction_facts(row) for row in Destruction.objects.filter(client_id=actor.client).order_by("-id")]


@query
def destructible_clients(actor: Actor, part: str = "") -> list[Company]:
    """Return the clients whose key can be destroyed and that have `part` in their name, by name.

    Raises:
        NotFound: `actor` may not destroy keys.
    """
    access.require(actor, "key:destroy")
    known = identity.companies(clients.client_ids()).values()
    found = [company for company in known if part.casefold() in company.name.casefold()]
    return sorted(found, key=lambda company: (company.name.casefold(), company.id))


@query
def destructible_people(actor: Actor, part: str = "") -> list[Person]:
    """Return the people whose key can be destroyed and that have `part` in their name or address, by name.

    Raises:
        NotFound: `actor` may not destroy keys.
    """
    access.require(actor, "key:destroy")
    return identity.people_named(part)


@query
def due(actor: Actor) -> tuple[list[UUID], list[UUID]]:
    """Return which destructions are to be carried out now, and which to be proved."""
    now, rows = clock.now(), Destruction.objects.filter(client_id=actor.client)
    kept = timedelta(seconds=keys.keep_seconds())
    waiting = rows.filter(state="waiting", due_at__lte=now).order_by("due_at")
    proving = rows.filter(state="destroyed", destroyed_at__lte=now - kept).order_by("destroyed_at")
    return list(waiting.values_list("id", flat=True)), list(proving.values_list("id", flat=True))


@query
def holds(actor: Actor) -> list[HoldFacts]:
    """Return the holds on the actor's client and its documents, newest first.

    Raises:
        NotFound: `actor` may not see them.
    """
    access.require(actor, "hold:place")
    return [hold_facts(row) for row in Hold.objects.filter(client_id=actor.client, lifted_at=None).order_by("-id")]


def is_held(kind: str, subject_id: UUID, of_client: UUID | None) -> bool:
    """Tell whether a hold forbids to destroy this: on itself, on its client, or, for a client or person, on a part."""
    if kind == "person":
        return any(_is_client_held(client_id) for client_id in identity.clients_of(subject_id))
    if of_client is None:
        return False
    with bound(Binding(of_client)):
        rows = Hold.objects.filter(client_id=of_client, lifted_at=None)
        return rows.exists() if kind == "client" else rows.filter(object_id__in=[of_client, subject_id]).exists()


def _is_client_held(client_id: UUID) -> bool:
    with bound(Binding(client_id)):
        return Hold.objects.filter(client_id=client_id, object_id=client_id, lifted_at=None).exists()


def exists(kind: str, subject_id: UUID, of_client: UUID | None) -> bool:
    """Tell whether there is something whose key can be destroyed."""
    if kind == "client":
        return subject_id in clients.client_ids() and bool(keys.client_versions(subject_id))
    if kind == "person":
        return subject_id in identity.people([subject_id]) and not vault.is_person_key_destroyed(subject_id)
    if of_client is None or of_client not in clients.client_ids():
        return False
    return bool(blobs_of(kind, of_client, subject_id))


def blobs_of(kind: str, of_client: UUID, subject_id: UUID) -> list[UUID]:
    """Return the blobs of a thing of a client; empty if there is no such thing."""
    find = BLOBS_OF.get(kind)
    if find is None:
        return []
    with bound(Binding(of_client)):
        return find(of_client, subject_id)


def try_destroyed(destruction: Destruction) -> Trial:
    """Return what came of trying to open what the destroyed key had sealed."""
    if destruction.kind == "person":
        return vault.try_person(destruction.subject_id)
    if destruction.of_client is None:
        raise LookupError("a destruction of what belongs to no client")
    if destruction.kind == "client":
        return vault.try_client(destruction.of_client)
    return vault.try_blobs(destruction.of_client, [UUID(text) for text in destruction.blob_ids])


def destruction_facts(row: Destruction) -> DestructionFacts:
    """Return a destruction as a value."""
    return DestructionFacts(
        id=row.id,
        kind=row.kind,
        subject_id=row.subject_id,
        of_client=row.of_client,
        state=row.state,
        reason=row.reason,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        due_at=row.due_at,
        destroyed_at=row.destroyed_at,
        proved_at=row.proved_at,
        certificate=row.certificate,
    )


def hold_facts(row: Hold) -> HoldFacts:
    """Return a hold as a value."""
    return HoldFacts(row.id, row.kind, row.object_id, row.reason, row.placed_by, row.placed_at)


def waits_for(moment: datetime | None) -> int:
    """Return how many whole days there are until a moment, none if it has passed."""
    return max(0, (moment - clock.now()).days) if moment else 0
