"""Read templates, in the firm's space, and drafts, in a client's."""

from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as, query
from muniment.portal.checklists.models import Draft, Template
from muniment.portal.checklists.plans import Plan
from muniment.portal.checklists.types import DraftFacts, TemplateFacts
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients

SETTING, SENDING = "checklist-template:set", "checklist:send"


@query
def templates(actor: Actor) -> list[TemplateFacts]:
    """Return the templates that are not retired, by title; the actor is at work in the firm's space.

    Raises:
        NotFound: the actor may not set templates.
    """
    access.require(actor, SETTING)
    return _by_title(actor)


@query
def template(actor: Actor, template_id: UUID) -> TemplateFacts:
    """Return a template, also a retired one; the actor is at work in the firm's space.

    Raises:
        NotFound: there is none, or the actor may not set templates.
    """
    return template_facts(access.find(actor, SETTING, Template, template_id))


@query
def templates_to_send(actor: Actor) -> list[TemplateFacts]:
    """Return the templates of the firm, by title, to who may ask the actor's client for something.

    Raises:
        NotFound: the actor may not.
    """
    access.require(actor, SENDING)
    firm = actor.within(clients.firm_id())
    with acting_as(firm):
        return _by_title(firm)


def template_to_send(actor: Actor, template_id: UUID) -> TemplateFacts:
    """Return a template of the firm that is not retired; the caller has seen that the actor may ask this client.

    Raises:
        NotFound: there is none.
    """
    firm = actor.within(clients.firm_id())
    with acting_as(firm):
        row = Template.objects.filter(client_id=firm.client, id=template_id, retired_at=None).first()
        if row is None:
            raise NotFound
        return template_facts(row)


@query
def template_to_begin(actor: Actor, template_id: UUID) -> TemplateFacts:
    """Return a template that a checklist for the actor's client can be begun from.

    Raises:
        NotFound: there is none, or the actor may not ask this client for anything.
    """
    access.require(actor, SENDING)
    return template_to_send(actor, template_id)


@query
def drafts(actor: Actor) -> list[DraftFacts]:
    """Return the checklists that were begun for the actor's client and not sent, newest first; nothing to contacts."""
    if actor.kind != "staff":
        return []
    rows = access.visible(actor, SENDING, Draft).order_by("-id")[:100]
    return [draft_facts(row) for row in rows]


@query
def draft(actor: Actor, draft_id: UUID) -> DraftFacts:
    """Return a draft.

    Raises:
        NotFound: there is none, or the actor may not ask this client for anything.
    """
    return draft_facts(access.find(actor, SENDING, Draft, draft_id))


def template_facts(row: Template) -> TemplateFacts:
    """Return a template as a value."""
    return TemplateFacts(row.id, Plan.read(row.plan), row.version, row.changed_at, row.changed_by, row.retired_at)


def draft_facts(row: Draft) -> DraftFacts:
    """Return a draft as a value."""
    return DraftFacts(row.id, Plan.read(row.plan), row.version, row.changed_at, row.changed_by, row.template_id)


def _by_title(actor: Actor) -> list[TemplateFacts]:
    rows = Template.objects.filter(client_id=actor.client, retired_at=None)
    return sorted((template_facts(row) for row in rows), key=lambda row: row.plan.title.casefold())
