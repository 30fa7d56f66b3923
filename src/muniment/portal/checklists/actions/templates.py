"""Make, change and retire templates: rows of the firm's own space, within which the actor works here."""

from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.portal.checklists.checking import check
from muniment.portal.checklists.errors import ChangedMeanwhile
from muniment.portal.checklists.models import Template
from muniment.portal.checklists.plans import Plan
from muniment.portal.checklists.queries.templates import template_facts
from muniment.portal.checklists.types import TemplateFacts
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients

SETTING = "checklist-template:set"


@action
def make_template(actor: Actor, *, plan: Plan) -> TemplateFacts:
    """Make a template of what is asked for again and again.

    Raises:
        NotFound: the actor is not at work in the firm's space, or may not.
        PlanRefused: it does not hold together.
    """
    access.require(actor, SETTING)
    if actor.client != clients.firm_id():
        raise NotFound
    row = Template.objects.create(
        client_id=actor.client, plan=check(plan).write(), created_by=actor.person_id, changed_by=actor.person_id
    )
    audit.record(actor, Event.CHECKLIST_TEMPLATE_MADE, row, items=len(plan.items))
    return template_facts(row)


@action
def change_template(actor: Actor, *, template_id: UUID, version: int, plan: Plan) -> TemplateFacts:
    """Put another plan in the place of a template's; what was sent from it before stays as it is.

    Raises:
        NotFound: there is no such template, it is retired, or the actor may not.
        ChangedMeanwhile: it is not at this version any more.
        PlanRefused: it does not hold together.
    """
    row = _live(actor, template_id)
    if row.version != version:
        raise ChangedMeanwhile
    row.plan, row.version = check(plan).write(), version + 1
    row.changed_at, row.changed_by = clock.now(), actor.person_id
    row.save(update_fields=["plan", "version", "changed_at", "changed_by"])
    audit.record(actor, Event.CHECKLIST_TEMPLATE_CHANGED, row, version=row.version, items=len(plan.items))
    return template_facts(row)


@action
def retire_template(actor: Actor, *, template_id: UUID) -> None:
    """Offer a template no more.

    Raises:
        NotFound: there is no such template, it is retired, or the actor may not.
    """
    row = _live(actor, template_id)
    row.retired_at = clock.now()
    row.save(update_fields=["retired_at"])
    audit.record(actor, Event.CHECKLIST_TEMPLATE_RETIRED, row)


def _live(actor: Actor, template_id: UUID) -> Template:
    access.find(actor, SETTING, Template, template_id)
    rows = Template.objects.select_for_update().filter(client_id=actor.client, id=template_id, retired_at=None)
    row = rows.first()
    if row is None:
        raise NotFound
    return row
