"""Keep the index true to what was asked, so that tickets are found by words in them.

It happens in the transaction of the act. What was asked while the search was off is read in the background. None of
it leaves entries: the acts that cause it do.
"""

from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.portal.tickets.models import Ticket
from muniment.trust.vault import actions as vault

BATCH = 200
SORT, _EDITION, _WHOLE = "ticket", 1, "whole"


def put(row: Ticket) -> None:
    """Let a ticket be found as it reads now; the caller holds the row, saved."""
    thing = vault.index.Thing(row.id, SORT, row.title, "", row.id, row.asked_at, _EDITION)
    vault.index.put_text(row.client_id, thing, row.text, _WHOLE)


def index_client(actor: Actor) -> int:
    """Index what is not indexed of the client's tickets; return how many that were. For the portal itself.

    What is indexed as it should be is passed over, so it can be stopped anywhere.
    """
    count, after = 0, None
    while True:
        with acting_as(actor):
            batch = _next(actor, after) if vault.index.is_on(actor.client) else []
            if not batch:
                return count
            known = vault.index.states(actor.client, dict.fromkeys(batch))
            missing = [one for one in batch if one not in known or not known[one].is_true(_EDITION)]
            for row in Ticket.objects.select_for_update().filter(client_id=actor.client, id__in=missing):
                put(row)
                count += 1
            after = batch[-1]


def _next(actor: Actor, after: UUID | None) -> list[UUID]:
    rows = Ticket.objects.filter(client_id=actor.client).order_by("id")
    rows = rows if after is None else rows.filter(id__gt=after)
    return list(rows.values_list("id", flat=True)[:BATCH])
