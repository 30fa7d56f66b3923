"""Ask a client for things: make a checklist with its items out of a plan, all of it or nothing."""

from datetime import timedelta
from uuid import UUID

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.portal.checklists.actions.drafts import draft_to_change
from muniment.portal.checklists.actions.indexing import put_checklist, put_item
from muniment.portal.checklists.actions.settling import settle
from muniment.portal.checklists.checking import check, filled
from muniment.portal.checklists.errors import NothingAsked, PlanRefused
from muniment.portal.checklists.filing import folder_names
from muniment.portal.checklists.models import Checklist, Item
from muniment.portal.checklists.plans import Plan, PlanItem
from muniment.portal.checklists.queries.facts import checklist_facts
from muniment.portal.checklists.queries.templates import template_to_send
from muniment.portal.checklists.types import ChecklistFacts, Sending
from muniment.portal.documents import actions as documents
from muniment.portal.documents import queries as known_documents
from muniment.portal.documents.types import FolderFacts
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity


@action
def send_template(actor: Actor, *, template_id: UUID, sending: Sending) -> ChecklistFacts:
    """Ask the actor's client for what a template of the firm says.

    Raises:
        NotFound: there is no such template, or the actor may not ask this client for anything.
        VariableMissing: a word in braces has no value.
        NothingAsked: the template has no items.
        NameRefused, TooDeep: a folder of it cannot be made.
    """
    access.require(actor, "checklist:send")
    return _send(actor, template_to_send(actor, template_id).plan, sending, template_id)


@action
def send_draft(actor: Actor, *, draft_id: UUID, version: int, sending: Sending) -> ChecklistFacts:
    """Ask the actor's client for what a draft says; the draft is gone then.

    Raises:
        NotFound: there is no such draft, or the actor may not; or who is to do something does not belong here.
        ChangedMeanwhile: it is not at this version any more.
        VariableMissing, NothingAsked, NameRefused, TooDeep: as `send_template`.
    """
    draft = draft_to_change(actor, draft_id, version)
    sent = _send(actor, Plan.read(draft.plan), sending, draft.template_id)
    draft.delete()
    return sent


def _send(actor: Actor, plan: Plan, sending: Sending, template_id: UUID | None) -> ChecklistFacts:
    if actor.client == clients.firm_id():
        raise NotFound  # the firm asks itself for nothing
    if not plan.items:
        raise NothingAsked
    plan = check(filled(plan, {**sending.values, "client": identity.company(actor.client).name}))
    checklist = Checklist.objects.create(
        client_id=actor.client,
        title=plan.title,
        intro=plan.intro,
        template_id=template_id,
        sent_by=actor.person_id,
    )
    put_checklist(checklist)
    folders, made = _folders(actor, plan), dict[int, UUID]()
    for number, planned in enumerate(plan.items, 1):
        item = _item(actor, planned, number, sending)
        item.checklist, item.folder_id = checklist, folders.get(planned.folder)
        if planned.only_key is not None:
            item.only_item_id, item.only_answer, item.is_asked = made[planned.only_key], planned.only_answer, False
        item.save(force_insert=True)
        put_item(item)
        made[planned.key] = item.id
    settle(actor, checklist)
    facts = {"items": len(plan.items), "template": template_id, "due": checklist.next_due}
    audit.record(actor, Event.CHECKLIST_SENT, checklist, **{k: _told(v) for k, v in facts.items()})
    return checklist_facts(checklist)


def _told(value: object) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _item(actor: Actor, planned: PlanItem, number: int, sending: Sending) -> Item:
    """Return the row of one item, without its checklist, folder and condition."""
    due = None if planned.due_days is None else sending.counted_from + timedelta(days=planned.due_days)
    return Item(
        id=ids.new(),
        client_id=actor.client,
        number=number,
        section=planned.section,
        kind=planned.kind,
        shape=planned.shape,
        title=planned.title,
        text=planned.text,
        choices=list(planned.choices),
        side=planned.side,
        assignee_id=_assignee(actor, planned),
        due=due,
        label=planned.label,
        file_name=planned.file_name or planned.title,
        document_id=_document(actor, planned),
        only_answer="",
        **dict.fromkeys(("answer", "remark", "reason", "note", "draft", "draft_remark"), ""),
    )


def _assignee(actor: Actor, planned: PlanItem) -> UUID | None:
    """Return who is to do it: who the plan says, if they belong here on that side."""
    if not planned.assignee:
        return None
    return require_assignee(actor, planned.side, _uuid(planned.assignee))


def require_assignee(actor: Actor, side: str, person_id: UUID) -> UUID:
    """Return a person who belongs to the bound client on a side: as contact, or as staff of the firm.

    Raises:
        NotFound: they do not.
    """
    kind = "staff" if side == "firm" else "contact"
    if not any(one.person_id == person_id and one.kind == kind for one in clients.members(actor)):
        raise NotFound
    return person_id


def _document(actor: Actor, planned: PlanItem) -> UUID | None:
    if not planned.document:
        return None
    return known_documents.document(actor, _uuid(planned.document), "document:view").id


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise PlanRefused from error


def _folders(actor: Actor, plan: Plan) -> dict[str, UUID]:
    """Return the folder of each path in a plan; those that are not there are made."""
    known: dict[tuple[UUID | None, str], UUID] = {}
    read: set[UUID | None] = set()
    found: dict[str, UUID] = {}
    for path in dict.fromkeys(item.folder for item in plan.items if item.kind == "upload" and item.folder):
        at: UUID | None = None
        for name in folder_names(path):
            if at not in read:
                read.add(at)
                known |= {(at, row.name.casefold()): row.id for row in _inside(actor, at)}
            place = (at, name.casefold())
            if place not in known:
                known[place] = documents.create_folder(actor, name=name, parent_id=at).id
            at = known[place]
        if at is not None:
            found[path] = at
    return found


def _inside(actor: Actor, folder_id: UUID | None) -> list[FolderFacts]:
    return [row for row in known_documents.folders_in(actor, folder_id) if row.parent_id == folder_id]
