"""Switch parts of the portal off for a client, and on again with everything in them."""

from django.db import IntegrityError, transaction

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.core.unit import action
from muniment.trust.access import queries
from muniment.trust.access.errors import PartSwitchedAlready
from muniment.trust.access.parts import PartSwitch
from muniment.trust.access.queries.parts import part_facts
from muniment.trust.access.types import PARTS, Part, PartFacts
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients


@action
def switch_part(actor: Actor, *, part: Part, is_on: bool) -> list[PartFacts]:
    """Switch a part of the portal off for the actor's client, or on again; return how all of them are then.

    From the next request on nobody reaches anything in a part that is off, by whatever grant or link. Nothing in it
    changes: on again, everything is there as it was.

    Raises:
        NotFound: `actor` may not, or acts within the firm, which has no such parts.
        Invalid: there is no such part.
        PartSwitchedAlready: it is so already.
    """
    queries.require(actor, "part:switch")
    if actor.client == clients.find_firm_id():
        raise NotFound
    if part not in PARTS:
        raise Invalid
    row = _switched_on(actor, part) if is_on else _switched_off(actor, part)
    audit.record(actor, Event.PART_SWITCHED_ON if is_on else Event.PART_SWITCHED_OFF, row, part=part)
    return part_facts(actor.client)


def _switched_off(actor: Actor, part: Part) -> PartSwitch:
    row = PartSwitch(client_id=actor.client, part=part, off_by=actor.person_id, off_at=clock.now())
    try:
        with transaction.atomic():  # the database decides, so that of two at once one is told
            row.save(force_insert=True)
    except IntegrityError as error:
        raise PartSwitchedAlready from error
    return row


def _switched_on(actor: Actor, part: Part) -> PartSwitch:
    rows = PartSwitch.objects.select_for_update().filter(client_id=actor.client, part=part, on_at=None)
    row = rows.first()
    if row is None:
        raise PartSwitchedAlready
    row.on_by, row.on_at = actor.person_id, clock.now()
    row.save(update_fields=["on_by", "on_at"])
    return row
