"""Read items of checklists."""

from collections.abc import Collection
from dataclasses import replace
from typing import cast
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.unit import query
from muniment.portal.checklists.models import Checklist, Item, ItemFile
from muniment.portal.checklists.queries.facts import checklist_facts
from muniment.portal.checklists.states import State
from muniment.portal.checklists.types import (
    FileFacts,
    ItemFacts,
    ItemPage,
    Kind,
    Shape,
    Side,
    UnfinishedFile,
)
from muniment.portal.documents import queries as documents
from muniment.trust.access import queries as access

VIEWING = "checklist:view"


@query
def item(actor: Actor, item_id: UUID, verb: str = VIEWING) -> ItemFacts:
    """Return an item that the actor may do `verb` with; what the other side keeps for later is not theirs to read.

    Raises:
        NotFound: there is none, or the actor may not.
    """
    return _own_draft(actor, item_facts(access.find(actor, verb, Item, item_id)))


@query
def item_page(actor: Actor, item_id: UUID) -> ItemPage:
    """Return an item with its files, what is to be read with it, and its neighbours.

    Raises:
        NotFound: there is none, or the actor may not see it.
    """
    row = access.find(actor, VIEWING, Item, item_id)
    checklist = Checklist.objects.get(client_id=actor.client, id=row.checklist_id)
    beside = Item.objects.filter(client_id=actor.client, checklist_id=row.checklist_id, is_asked=True)
    before = beside.filter(number__lt=row.number).order_by("-number").values_list("id", flat=True).first()
    after = beside.filter(number__gt=row.number).order_by("number").values_list("id", flat=True).first()
    rows = list(ItemFile.objects.filter(client_id=actor.client, item_id=row.id).exclude(document=None).order_by("id"))
    things = {file.document_id for file in rows if file.document_id} | {row.document_id, row.folder_id} - {None}
    names = documents.names(actor, [thing for thing in things if thing])
    return ItemPage(
        checklist=checklist_facts(checklist),
        item=_own_draft(actor, item_facts(row)),
        files=[
            FileFacts(file.id, file.document_id, names.get(file.document_id, ""), file.created_at, file.person_id)
            for file in rows
            if file.document_id
        ],
        unfinished=_unfinished(actor, row),
        document_name=names.get(row.document_id, "") if row.document_id else "",
        folder_name=names.get(row.folder_id, "") if row.folder_id else "",
        before=before,
        after=after,
        may=access.verbs_at(actor, set()),
    )


@query
def item_names(actor: Actor, item_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return what those of some items are called that the actor may see."""
    return names_of(actor, item_ids)


def names_of(actor: Actor, item_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return what those of some items are called that the actor may see, in the transaction that is open."""
    return {row.id: row.title for row in access.visible(actor, VIEWING, Item).filter(id__in=item_ids)}


def visible_ids(actor: Actor, item_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return those of some items that the actor may see, in the transaction that is open."""
    rows = access.visible(actor, VIEWING, Item).filter(id__in=item_ids)
    return frozenset(rows.values_list("id", flat=True))


def item_facts(row: Item) -> ItemFacts:
    """Return an item as a value."""
    return ItemFacts(
        id=row.id,
        checklist_id=row.checklist_id,
        number=row.number,
        section=row.section,
        kind=cast("Kind", row.kind),
        shape=cast("Shape", row.shape),
        title=row.title,
        text=row.text,
        choices=tuple(row.choices),
        side=cast("Side", row.side),
        assignee_id=row.assignee_id,
        due=row.due,
        folder_id=row.folder_id,
        label=row.label,
        document_id=row.document_id,
        is_asked=row.is_asked,
        state=State(row.state),
        answer=row.answer,
        remark=row.remark,
        reason=row.reason,
        note=row.note,
        draft=row.draft,
        draft_remark=row.draft_remark,
        drafted_by=row.drafted_by,
        drafted_at=row.drafted_at,
        answered_at=row.answered_at,
        answered_by=row.answered_by,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        version=row.version,
    )


def _own_draft(actor: Actor, facts: ItemFacts) -> ItemFacts:
    """Return an item without what somebody of the other side has typed so far and not sent."""
    if actor.kind == ("staff" if facts.side == "firm" else "contact"):
        return facts
    return replace(facts, draft="", draft_remark="", drafted_by=None, drafted_at=None)


def _unfinished(actor: Actor, row: Item) -> list[UnfinishedFile]:
    """Return the actor's own uploads for an item that can be gone on with."""
    if actor.person_id is None or row.kind != "upload":
        return []
    begun = ItemFile.objects.filter(client_id=actor.client, item_id=row.id, person_id=actor.person_id, document=None)
    ids = set(begun.values_list("upload_id", flat=True))
    if not ids:
        return []
    known = [one for one in documents.unfinished_uploads(actor) if one.id in ids]
    return [UnfinishedFile(one.name, one.received_bytes, one.size_bytes) for one in known]
