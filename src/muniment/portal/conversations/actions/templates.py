"""Write, change and remove the firm's templates of messages."""

from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.portal.conversations import texts
from muniment.portal.conversations.errors import Moved, Removed
from muniment.portal.conversations.models import MessageTemplate
from muniment.portal.conversations.queries.templates import template_facts
from muniment.portal.conversations.types import TemplateFacts
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients


@action
def set_template(
    actor: Actor, *, title: str, body: str, template_id: UUID | None = None, version: int = 0
) -> TemplateFacts:
    """Write a template for everyone of the firm, or change the one that read as `version`.

    Raises:
        NotFound: `actor` may not, or acts not in the firm's space; or there is no such template.
        Removed, Moved: the template was removed, or changed since that version.
        Empty, TooLong: of its title or text.
    """
    _require(actor)
    row = MessageTemplate(client_id=actor.client) if template_id is None else _locked(actor, template_id)
    if template_id is not None:
        if row.version != version:
            raise Moved
        row.version += 1
    row.title, row.body = texts.clean_title(title), texts.clean_body(body)
    row.changed_at, row.changed_by = clock.now(), actor.person_id
    row.save()
    audit.record(actor, Event.MESSAGE_TEMPLATE_SET, row, version=row.version)
    return template_facts(row)


@action
def remove_template(actor: Actor, *, template_id: UUID) -> None:
    """Take a template away; messages written with it stay as they are.

    Raises:
        NotFound: `actor` may not, or acts not in the firm's space; or there is no such template.
        Removed: it was removed already.
    """
    _require(actor)
    row = _locked(actor, template_id)
    row.removed_at, row.changed_at, row.changed_by = clock.now(), clock.now(), actor.person_id
    row.save(update_fields=["removed_at", "changed_at", "changed_by"])
    audit.record(actor, Event.MESSAGE_TEMPLATE_REMOVED, row)


def _require(actor: Actor) -> None:
    access.require(actor, "message-template:set")
    if actor.client != clients.find_firm_id():
        raise NotFound


def _locked(actor: Actor, template_id: UUID) -> MessageTemplate:
    row = MessageTemplate.objects.select_for_update().filter(client_id=actor.client, id=template_id).first()
    if row is None:
        raise NotFound
    if row.removed_at is not None:
        raise Removed
    return row
