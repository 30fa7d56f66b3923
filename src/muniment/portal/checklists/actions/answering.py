"""Answer what is asked for, keep what is half written, say that something does not apply."""

from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.unit import action
from muniment.portal.checklists import answers
from muniment.portal.checklists.actions.settling import item_to_change, keep, settle
from muniment.portal.checklists.errors import AnswerRefused, MoveRefused, OtherSide, ReasonMissing
from muniment.portal.checklists.models import Item
from muniment.portal.checklists.moves import after, possible
from muniment.portal.checklists.queries.items import item_facts
from muniment.portal.checklists.states import State
from muniment.portal.checklists.types import ItemFacts
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event

ANSWERING = "checklist:answer"
REASON_MOST = 2_000


@action
def keep_draft(actor: Actor, *, item_id: UUID, version: int, answer: str, remark: str = "") -> ItemFacts:
    """Keep what somebody has typed so far, for whoever goes on with it later, on any device; it is not sent.

    Raises:
        NotFound: there is no such item, or the actor may not answer.
        OtherSide: the other side is asked.
        NotAsked, ChecklistClosed: nobody is.
        MoveRefused: it is accepted, or asks for a file.
        AnswerRefused: it is longer than any answer.
        ChangedMeanwhile: somebody wrote since the version that the person saw.
    """
    _, item = item_to_change(actor, ANSWERING, item_id, version)
    insist_side(actor, item)
    if "answer" not in possible(State(item.state)) or item.kind == "upload":
        raise MoveRefused
    if len(answer) > answers.TEXT_MOST or len(remark) > answers.REMARK_MOST:
        raise AnswerRefused
    item.draft, item.draft_remark = answer, remark
    item.drafted_at, item.drafted_by = clock.now(), actor.person_id
    keep(item, "draft", "draft_remark", "drafted_at", "drafted_by")
    audit.record(actor, Event.ITEM_KEPT, item, checklist=item.checklist_id, version=item.version)
    return item_facts(item)


@action
def answer_item(actor: Actor, *, item_id: UUID, version: int, answer: str, remark: str = "") -> ItemFacts:
    """Answer an item; as long as nobody accepted it, the answer can be changed.

    What is only to be read, and what the firm does itself, needs no look of the firm: it is accepted at once.

    Raises:
        NotFound, OtherSide, NotAsked, ChecklistClosed, ChangedMeanwhile: as `keep_draft`.
        MoveRefused: it is accepted.
        AnswerRefused: it is no answer of the kind that is asked for.
    """
    checklist, item = item_to_change(actor, ANSWERING, item_id, version)
    insist_side(actor, item)
    state = after(State(item.state), "answer")
    if len(remark) > answers.REMARK_MOST:
        raise AnswerRefused
    item.answer = answers.clean(item.kind, item.shape, item.choices, answer)
    item.remark, item.reason = remark.strip(), ""
    answered(actor, item, state)
    audit.record(actor, Event.ITEM_ANSWERED, item, checklist=checklist.id, state=item.state, version=item.version)
    settle(actor, checklist)
    return item_facts(item)


@action
def skip_item(actor: Actor, *, item_id: UUID, version: int, reason: str) -> ItemFacts:
    """Say that an item does not apply, and why.

    Raises:
        NotFound, OtherSide, NotAsked, ChecklistClosed, ChangedMeanwhile: as `keep_draft`.
        MoveRefused: it is accepted, or was said not to apply already.
        ReasonMissing: without a word about why.
    """
    checklist, item = item_to_change(actor, ANSWERING, item_id, version)
    insist_side(actor, item)
    state = after(State(item.state), "skip")
    item.reason = require_words(reason)
    item.answer = item.remark = ""
    answered(actor, item, state)
    audit.record(actor, Event.ITEM_NOT_APPLICABLE, item, checklist=checklist.id, version=item.version)
    settle(actor, checklist)
    return item_facts(item)


def answered(actor: Actor, item: Item, state: State) -> None:
    """Save that an item was answered, or said not to apply, by the actor now."""
    at_once = item.side == "firm" or (item.kind == "read" and state == State.ANSWERED)
    item.state = State.ACCEPTED if at_once else state
    item.draft = item.draft_remark = ""
    item.drafted_at = item.drafted_by = None
    item.answered_at, item.answered_by = clock.now(), actor.person_id
    item.decided_at = item.decided_by = None
    drafted = ("draft", "draft_remark", "drafted_at", "drafted_by")
    decided = ("answered_at", "answered_by", "decided_at", "decided_by")
    keep(item, "state", "answer", "remark", "reason", *drafted, *decided)


def insist_side(actor: Actor, item: Item) -> None:
    """Insist that the actor is of the side that is asked: contacts of the client's, staff of the firm's.

    Raises:
        OtherSide: they are not.
    """
    if actor.kind != ("staff" if item.side == "firm" else "contact"):
        raise OtherSide


def require_words(text: str) -> str:
    """Return what somebody said about why.

    Raises:
        ReasonMissing: nothing, or more than 2,000 characters.
    """
    words = text.strip()
    if not words or len(words) > REASON_MOST:
        raise ReasonMissing
    return words
