"""What the firm does with what it asked for: accept, send back, assign, close."""

from datetime import date
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.unit import action
from muniment.portal.checklists.actions.answering import require_words
from muniment.portal.checklists.actions.links import end_links
from muniment.portal.checklists.actions.sending import require_assignee
from muniment.portal.checklists.actions.settling import item_to_change, keep, locked, settle
from muniment.portal.checklists.errors import ChecklistClosed
from muniment.portal.checklists.models import Checklist, Item
from muniment.portal.checklists.moves import Move, after
from muniment.portal.checklists.queries.facts import checklist_facts
from muniment.portal.checklists.queries.items import item_facts
from muniment.portal.checklists.states import State
from muniment.portal.checklists.types import ChecklistFacts, ItemFacts
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event

DECIDING = "checklist:decide"


@action
def accept_item(actor: Actor, *, item_id: UUID, version: int) -> ItemFacts:
    """Accept an answer, or that something does not apply; links for files to it end.

    Raises:
        NotFound: there is no such item, or the actor may not decide.
        ChecklistClosed, NotAsked: nobody is asked.
        MoveRefused: nobody answered it.
        ChangedMeanwhile: somebody wrote since the version that the person saw: perhaps another answer.
    """
    checklist, item = item_to_change(actor, DECIDING, item_id, version)
    _decide(actor, item, "accept", note="")
    end_links(actor, item)
    audit.record(actor, Event.ITEM_ACCEPTED, item, checklist=checklist.id, answered_by=item.answered_by)
    settle(actor, checklist)
    return item_facts(item)


@action
def send_item_back(actor: Actor, *, item_id: UUID, version: int, note: str) -> ItemFacts:
    """Send an answer back with a note about what is missing; also one that was accepted by mistake.

    Raises:
        NotFound, ChecklistClosed, NotAsked, ChangedMeanwhile: as `accept_item`.
        MoveRefused: nobody answered it.
        ReasonMissing: without a word about why.
    """
    checklist, item = item_to_change(actor, DECIDING, item_id, version)
    _decide(actor, item, "send back", note=require_words(note))
    audit.record(actor, Event.ITEM_SENT_BACK, item, checklist=checklist.id, answered_by=item.answered_by)
    settle(actor, checklist)
    return item_facts(item)


@action
def assign_item(actor: Actor, *, item_id: UUID, version: int, assignee_id: UUID | None, due: date | None) -> ItemFacts:
    """Say whose turn an item is (None: anybody's of its side) and by when it is wanted.

    Raises:
        NotFound: there is no such item, the actor may not, or the person does not belong here on that side.
        ChecklistClosed, NotAsked, ChangedMeanwhile: as `accept_item`.
    """
    checklist, item = item_to_change(actor, "checklist:send", item_id, version)
    item.assignee_id = require_assignee(actor, item.side, assignee_id) if assignee_id else None
    if due != item.due:
        item.due, item.reminded = due, ""
    keep(item, "assignee_id", "due", "reminded")
    told = {"checklist": checklist.id, "assignee": assignee_id, "due": due.isoformat() if due else None}
    audit.record(actor, Event.ITEM_ASSIGNED, item, **told)
    settle(actor, checklist)
    return item_facts(item)


@action
def close_checklist(actor: Actor, *, checklist_id: UUID) -> ChecklistFacts:
    """Ask for what is on a checklist no more; what was answered stays.

    Raises:
        NotFound: there is no such checklist, or the actor may not.
        ChecklistClosed: it is closed already.
    """
    access.find(actor, "checklist:send", Checklist, checklist_id)
    checklist = locked(actor, checklist_id)
    if checklist.closed_at is not None:
        raise ChecklistClosed
    checklist.closed_at, checklist.closed_by = clock.now(), actor.person_id
    checklist.save(update_fields=["closed_at", "closed_by"])
    for item in Item.objects.filter(client_id=actor.client, checklist_id=checklist_id):
        end_links(actor, item)
    audit.record(actor, Event.CHECKLIST_CLOSED, checklist, to_do=checklist.to_do, accepted=checklist.accepted)
    settle(actor, checklist)
    return checklist_facts(checklist)


def _decide(actor: Actor, item: Item, move: Move, note: str) -> None:
    item.state = after(State(item.state), move)
    item.note, item.decided_at, item.decided_by = note, clock.now(), actor.person_id
    item.reminded = ""
    keep(item, "state", "note", "decided_at", "decided_by", "reminded")
