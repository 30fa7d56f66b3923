"""Find checklists and their items by words, for the one search box. The index proposes, access decides."""

from uuid import UUID

from django.urls import reverse

from muniment.core.actor import Actor
from muniment.core.finding import Found
from muniment.core.unit import query
from muniment.portal.checklists.models import Checklist, Item
from muniment.trust.access import queries as access
from muniment.trust.vault import actions as vault

VIEWING = "checklist:view"
_HITS_MOST = 200


@query
def search(actor: Actor, words: str, limit: int) -> list[Found]:
    """Return at most `limit` checklists and items of the client that hold the words, newest first.

    Who does not see what the firm asks for finds nothing, nor does anybody where the client's search is switched off;
    what is not asked for now, because of an answer before it, is not found.
    """
    if not access.reach(actor, VIEWING).whole:
        return []
    question = vault.index.ask(actor.client, words)
    if question is None or not question.is_answerable:
        return []
    hits = [
        hit
        for sort in ("checklist", "item")
        for hit in vault.index.find(actor.client, question, sort=sort, most=_HITS_MOST)
    ]
    said = {hit.id for hit in hits if hit.has_words}

    def holds(thing_id: UUID, name: str) -> bool:
        return thing_id in said or all(vault.index.is_in_name(term, name) for term in question.terms)

    wanted = [hit.id for hit in hits]
    checklists = access.visible(actor, VIEWING, Checklist).filter(id__in=wanted)
    items = access.visible(actor, VIEWING, Item).filter(id__in=wanted, is_asked=True).select_related("checklist")
    found = [_checklist(row) for row in checklists if holds(row.id, row.title)]
    found += [_item(row) for row in items if holds(row.id, row.title)]
    return sorted(found, key=lambda one: (one.at, one.id), reverse=True)[:limit]


def _checklist(row: Checklist) -> Found:
    url = reverse("checklists:checklist", kwargs={"client_id": row.client_id, "checklist_id": row.id})
    return Found("checklist", row.client_id, row.id, row.title, url, row.closed_at or row.created_at)


def _item(row: Item) -> Found:
    url = reverse("checklists:item", kwargs={"client_id": row.client_id, "item_id": row.id})
    at = max(moment for moment in (row.created_at, row.answered_at, row.decided_at) if moment)
    return Found("checklist", row.client_id, row.id, row.title, url, at, row.checklist.title)
