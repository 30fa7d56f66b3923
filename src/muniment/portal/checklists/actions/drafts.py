"""Begin, change and give up a checklist that is not sent yet."""

from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.portal.checklists.checking import check
from muniment.portal.checklists.errors import ChangedMeanwhile
from muniment.portal.checklists.models import Draft
from muniment.portal.checklists.plans import Plan
from muniment.portal.checklists.queries.templates import draft_facts
from muniment.portal.checklists.types import DraftFacts
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event

SENDING = "checklist:send"


@action
def begin_draft(actor: Actor, *, plan: Plan, template_id: UUID | None = None) -> DraftFacts:
    """Begin a checklist for the actor's client; nobody of the client sees it before it is sent.

    Raises:
        NotFound: the actor may not ask this client for anything.
        PlanRefused: it does not hold together.
    """
    access.require(actor, SENDING)
    row = Draft.objects.create(
        client_id=actor.client,
        plan=check(plan).write(),
        template_id=template_id,
        created_by=actor.person_id,
        changed_by=actor.person_id,
    )
    audit.record(actor, Event.CHECKLIST_DRAFTED, row, template=template_id, items=len(plan.items))
    return draft_facts(row)


def begin_titled(actor: Actor, *, title: str) -> DraftFacts:
    """Begin a checklist with nothing but a title, for who turns something else into one; refusals as above."""
    return begin_draft(actor, plan=Plan(title))


@action
def change_draft(actor: Actor, *, draft_id: UUID, version: int, plan: Plan) -> DraftFacts:
    """Put another plan in the place of a draft's.

    Raises:
        NotFound: there is no such draft, or the actor may not.
        ChangedMeanwhile: it is not at this version any more.
        PlanRefused: it does not hold together.
    """
    row = draft_to_change(actor, draft_id, version)
    row.plan, row.version = check(plan).write(), version + 1
    row.changed_at, row.changed_by = clock.now(), actor.person_id
    row.save(update_fields=["plan", "version", "changed_at", "changed_by"])
    audit.record(actor, Event.CHECKLIST_DRAFT_CHANGED, row, version=row.version, items=len(plan.items))
    return draft_facts(row)


@action
def discard_draft(actor: Actor, *, draft_id: UUID) -> None:
    """Give a draft up: it is gone.

    Raises:
        NotFound: there is no such draft, or the actor may not.
    """
    row = draft_to_change(actor, draft_id)
    audit.record(actor, Event.CHECKLIST_DISCARDED, row)
    row.delete()


def draft_to_change(actor: Actor, draft_id: UUID, version: int | None = None) -> Draft:
    """Return a draft of the bound client, locked until the end of the act.

    Raises:
        NotFound: there is none, or the actor may not.
        ChangedMeanwhile: it is not at this version any more.
    """
    access.find(actor, SENDING, Draft, draft_id)
    row = Draft.objects.select_for_update().filter(client_id=actor.client, id=draft_id).first()
    if row is None:
        raise NotFound
    if version is not None and row.version != version:
        raise ChangedMeanwhile
    return row
