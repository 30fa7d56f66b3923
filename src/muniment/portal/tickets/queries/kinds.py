"""Read the kinds of tickets."""

from muniment.portal.tickets.models import TicketKind
from muniment.portal.tickets.types import KindFacts


def kinds(*, with_retired: bool = False) -> list[KindFacts]:
    """Return the kinds in their order, those that are not offered any more at the end if at all."""
    rows = TicketKind.objects.order_by("retired_at", "place", "name")
    return [kind_facts(row) for row in rows if with_retired or row.retired_at is None]


def kind_facts(row: TicketKind) -> KindFacts:
    """Return a kind as a value."""
    return KindFacts(row.id, row.name, row.title, row.hint, row.place, row.version, row.retired_at)
