"""What was asked of the agent."""

from dataclasses import fields
from uuid import UUID

from muniment.assurance.continuity.models import Order
from muniment.assurance.continuity.types import OrderFacts, What
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import query
from muniment.trust.access import queries as access

_NAMES = [field.name for field in fields(OrderFacts)]


def order_facts(order: Order) -> OrderFacts:
    """Return one order as a value."""
    return OrderFacts(**{name: getattr(order, name) for name in _NAMES})


@query
def orders(actor: Actor, *, limit: int) -> list[OrderFacts]:
    """Return the newest orders, newest first.

    Raises:
        NotFound: `actor` may not see them.
    """
    access.require(actor, "backup:read")
    return [order_facts(row) for row in Order.objects.order_by("-asked_at")[:limit]]


@query
def find_order(actor: Actor, *, order_id: UUID) -> OrderFacts:
    """Return one order, with how far it is.

    Raises:
        NotFound: there is none, or `actor` may not see it.
    """
    access.require(actor, "backup:read")
    found = Order.objects.filter(id=order_id).first()
    if found is None:
        raise NotFound
    return order_facts(found)


def open_orders() -> list[OrderFacts]:
    """Return what was asked and has not ended, the oldest first, to the portal itself."""
    rows = Order.objects.filter(state__in=["asked", "taken"]).order_by("asked_at")
    return [order_facts(row) for row in rows]


def last_order(what: What) -> OrderFacts | None:
    """Return the newest order of a kind, whatever came of it, to the portal itself."""
    found = Order.objects.filter(what=what).order_by("-asked_at").first()
    return order_facts(found) if found else None
