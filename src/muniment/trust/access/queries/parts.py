"""Which parts of the portal are off: asked by the one decision about every verb, and shown to who switches them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from muniment.core.actor import Actor
from muniment.core.db.prepared import Prepared
from muniment.trust.access.conditions import loading
from muniment.trust.access.parts import PartSwitch
from muniment.trust.access.types import PARTS, PERMISSIONS, Part, PartFacts


def is_off(actor: Actor, verb: str, at: datetime | None = None) -> bool:
    """Return whether a verb belongs to a part that is off in the actor's client, now or at a moment."""
    return bool(part_off(actor, verb, at))


def part_off(actor: Actor, verb: str, at: datetime | None = None) -> str:
    """Return the part of a verb, if it is off in the actor's client now or at a moment; else nothing."""
    part = PERMISSIONS[verb].part
    if not part or actor.client_id is None:
        return ""
    return part if part in loading.current_for(actor, at).parts_off else ""


def without_off(actor: Actor, verbs: frozenset[str]) -> frozenset[str]:
    """Return those of the verbs whose part is not off in the actor's client."""
    if actor.client_id is None or not (off := loading.current_for(actor).parts_off):
        return verbs
    return frozenset(verb for verb in verbs if verb not in PERMISSIONS or PERMISSIONS[verb].part not in off)


def is_part_off(client_id: UUID, part: Part) -> bool:
    """Return whether a part is off in a client: for the portal's own work, which no grant stops."""
    return part in loading.loaded(client_id).parts_off


def places_without(client_ids: Collection[UUID], verb: str) -> frozenset[UUID]:
    """Return those of some clients in sight in which the part of a verb is not off."""
    part = PERMISSIONS[verb].part
    if not part or not client_ids:
        return frozenset(client_ids)
    return frozenset(client_ids) - places_off(part)


def places_off(part: str) -> frozenset[UUID]:
    """Return the clients in sight in which a part of the portal is off."""
    return frozenset(_OFF(part=part))


def _off(part: str) -> QuerySet[PartSwitch, UUID]:
    rows: QuerySet[PartSwitch, UUID] = PartSwitch.objects.filter(part=part, on_at=None).values_list(
        "client_id", flat=True
    )
    return rows


_OFF = Prepared(_off)


def part_facts(client_id: UUID) -> list[PartFacts]:
    """Return every part that can be off in the bound client, with who switched it last, in their order."""
    newest = {row.part: row for row in PartSwitch.objects.filter(client_id=client_id).order_by("id")}
    found = []
    for part in PARTS:
        row = newest.get(part)
        if row is None:
            found.append(PartFacts(part, is_on=True))
        elif row.on_at is None:
            found.append(PartFacts(part, is_on=False, switched_by=row.off_by, switched_at=row.off_at))
        else:
            found.append(PartFacts(part, is_on=True, switched_by=row.on_by, switched_at=row.on_at))
    return found
