"""Keep the index true to what is asked for, so that checklists and their items are found by words.

It happens in the transaction of the act. What was sent while the search was off is read in the background. None of it
leaves entries: the acts that cause it do. Templates and drafts are not looked for, nor are answers.
"""

from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.portal.checklists.models import Checklist, Item
from muniment.trust.vault import actions as vault

BATCH = 200
CHECKLIST, ITEM, _EDITION, _WHOLE = "checklist", "item", 1, "whole"


def put_checklist(row: Checklist) -> None:
    """Let a checklist be found; the caller holds the row, saved."""
    thing = vault.index.Thing(row.id, CHECKLIST, row.title, "", row.id, row.created_at, _EDITION)
    vault.index.put_text(row.client_id, thing, row.intro, _WHOLE)


def put_item(row: Item) -> None:
    """Let an item be found by what is asked for; the caller holds the row, saved."""
    thing = vault.index.Thing(row.id, ITEM, row.title, "", row.checklist_id, row.created_at, _EDITION)
    vault.index.put_text(row.client_id, thing, row.text, _WHOLE)


def index_client(actor: Actor) -> int:
    """Index what is not indexed of the client's checklists; return how many rows that were. For the portal itself.

    What is indexed as it should be is passed over, so it can be stopped anywhere.
    """
    return _each(actor, Checklist) + _each(actor, Item)


def _each(actor: Actor, model: type[Checklist | Item]) -> int:
    count, after = 0, None
    while True:
        with acting_as(actor):
            batch = _next(actor, model, after) if vault.index.is_on(actor.client) else []
            if not batch:
                return count
            known = vault.index.states(actor.client, dict.fromkeys(batch))
            missing = [one for one in batch if one not in known or not known[one].is_true(_EDITION)]
            for row in model.objects.select_for_update().filter(client_id=actor.client, id__in=missing):
                if isinstance(row, Item):
                    put_item(row)
                else:
                    put_checklist(row)
                count += 1
            after = batch[-1]


def _next(actor: Actor, model: type[Checklist | Item], after: UUID | None) -> list[UUID]:
    rows = model.objects.filter(client_id=actor.client).order_by("id")
    rows = rows if after is None else rows.filter(id__gt=after)
    return list(rows.values_list("id", flat=True)[:BATCH])
