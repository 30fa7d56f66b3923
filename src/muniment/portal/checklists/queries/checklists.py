"""Read the checklists of one client."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Count

from muniment.core.actor import Actor
from muniment.core.unit import query
from muniment.portal.checklists.models import Checklist, Item, ItemFile
from muniment.portal.checklists.queries.facts import checklist_facts
from muniment.portal.checklists.queries.items import item_facts
from muniment.portal.checklists.types import ChecklistFacts, ChecklistPage, Counts
from muniment.trust.access import queries as access

VIEWING = "checklist:view"
LISTED_MOST = 200


@query
def checklists(actor: Actor) -> list[ChecklistFacts]:
    """Return the client's checklists, at most the newest 200.

    Open ones stand first, by the day that something is wanted; then those that are complete, then the closed ones.

    Raises:
        NotFound: the actor may not see them.
    """
    access.require(actor, VIEWING)
    rows = Checklist.objects.filter(client_id=actor.client).order_by("-id")[:LISTED_MOST]
    found = [checklist_facts(row) for row in rows]
    return sorted(found, key=lambda one: (one.closed_at is not None, one.counts.is_complete, *_by_due(one)))


@query
def checklist(actor: Actor, checklist_id: UUID, verb: str = VIEWING) -> ChecklistFacts:
    """Return one checklist that the actor may do `verb` with.

    Raises:
        NotFound: there is none, or the actor may not.
    """
    return checklist_facts(access.find(actor, verb, Checklist, checklist_id))


@query
def checklist_page(actor: Actor, checklist_id: UUID) -> ChecklistPage:
    """Return a checklist with its items in order, those included that are not asked for now.

    Raises:
        NotFound: there is none, or the actor may not see it.
    """
    row = access.find(actor, VIEWING, Checklist, checklist_id)
    items = Item.objects.filter(client_id=actor.client, checklist_id=row.id).order_by("number")
    files = ItemFile.objects.filter(client_id=actor.client, item__checklist_id=row.id).exclude(document=None)
    counted = files.order_by().values_list("item_id").annotate(Count("id"))
    facts = [item_facts(item) for item in items]
    return ChecklistPage(checklist_facts(row), row.intro, facts, dict(counted), access.verbs_at(actor, set()))


@query
def is_complete(actor: Actor, checklist_ids: Collection[UUID]) -> dict[UUID, bool]:
    """Return of each of some checklists of the client whether all of it is accepted; who asks has authorised that."""
    rows = Checklist.objects.filter(client_id=actor.client, id__in=checklist_ids)
    counted = rows.values_list("id", "to_do", "to_review", "accepted")
    return {checklist_id: Counts(to_do, 0, review, done).is_complete for checklist_id, to_do, review, done in counted}


@query
def checklist_names(actor: Actor, checklist_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the titles of those of some checklists that the actor may see."""
    rows = access.visible(actor, VIEWING, Checklist).filter(id__in=checklist_ids)
    return {row.id: row.title for row in rows}


def _by_due(one: ChecklistFacts) -> tuple[bool, int, int]:
    """Return by what lists are ordered: what is wanted soonest, then the newest."""
    return one.next_due is None, one.next_due.toordinal() if one.next_due else 0, -int(one.sent_at.timestamp())
