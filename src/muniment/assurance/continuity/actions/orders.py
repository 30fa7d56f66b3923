"""Ask the agent for something, and say how far it is."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from muniment.assurance.continuity.errors import AskedAlready
from muniment.assurance.continuity.models import Order
from muniment.assurance.continuity.queries.orders import order_facts
from muniment.assurance.continuity.types import OrderFacts, Trouble, What
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import Invalid
from muniment.core.unit import action
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event

RESTORING = frozenset({"restore_document", "restore_client"})


@action
def order(
    actor: Actor,
    *,
    what: What,
    target_client: UUID | None = None,
    target_id: UUID | None = None,
    moment: datetime | None = None,
) -> OrderFacts:
    """Ask the agent for a backup, a check, a drill or a restoration; it begins within seconds.

    Raises:
        NotFound: `actor` may not.
        Invalid: what should be restored is not said, or something else is asked for than a restoration.
        AskedAlready: the same is asked for, or being done.
    """
    access.require(actor, "backup:restore" if what in RESTORING else "backup:run")
    if (what in RESTORING) != (target_client is not None) or (what == "restore_document") != (target_id is not None):
        raise Invalid
    try:
        with transaction.atomic():
            asked = Order.objects.create(
                what=what, asked_by=actor.person_id, target_client=target_client, target_id=target_id, moment=moment
            )
    except IntegrityError as error:
        raise AskedAlready from error
    audit.record(actor, Event.BACKUP_ORDERED, asked, what=what, of_client=target_client, of_id=target_id, moment=moment)
    return order_facts(asked)


def take_order() -> OrderFacts | None:
    """Return the oldest order nobody has begun, which is then the caller's; None if there is none."""
    with transaction.atomic():
        rows = Order.objects.select_for_update(skip_locked=True).filter(state="asked")
        found = rows.order_by("asked_at").first()
        if found is None:
            return None
        found.state, found.taken_at = "taken", clock.now()
        found.save(update_fields=["state", "taken_at"])
        return order_facts(found)


def report_progress(order_id: UUID, *, step: str, done: int = 0, total: int = 0) -> None:
    """Say how far an order is: at `done` of `total` of a `step`, which is a word from the code."""
    Order.objects.filter(id=order_id, state="taken").update(step=step, done=done, total=total)


def end_order(order_id: UUID, *, trouble: Trouble | None = None) -> None:
    """End an order, well or not; what it did has entries of its own. An order that has ended stays as it is."""
    Order.objects.filter(id=order_id, state="taken").update(
        state="failed" if trouble else "done",
        ended_at=clock.now(),
        trouble=trouble.value if trouble else "",
    )


def end_abandoned() -> int:
    """End what a dead agent had begun, and return how many orders that were; restorations may be asked for again."""
    return Order.objects.filter(state="taken").update(
        state="failed", ended_at=clock.now(), trouble=Trouble.INTERRUPTED.value
    )
