"""Read the firm's templates, and put names into them."""

import re
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as, query
from muniment.portal.conversations.models import MessageTemplate
from muniment.portal.conversations.types import TemplateFacts
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity

VARIABLES = ("client", "me", "firm")
"""What can stand in braces in a template: the client's name, that of who writes, and the firm's."""

_GAP = re.compile(r"\{(" + "|".join(VARIABLES) + r")\}")


@query
def templates(actor: Actor) -> list[TemplateFacts]:
    """Return the templates of the firm by title, to who may change them.

    Raises:
        NotFound: `actor` may not, or acts not in the firm's space.
    """
    access.require(actor, "message-template:set")
    if actor.client != clients.find_firm_id():
        raise NotFound
    return _all(actor)


@query
def templates_to_use(actor: Actor) -> list[TemplateFacts]:
    """Return the templates of the firm by title, for somebody of the firm who writes to a client; nobody else's are.

    Raises:
        NotFound: `actor` may not write in the client.
    """
    access.require(actor, "message:send")
    firm_id = clients.find_firm_id()
    if actor.kind != "staff" or actor.looking_as is not None or firm_id is None:
        return []
    at_home = actor.within(firm_id)
    with acting_as(at_home):
        return _all(at_home)


def filled(actor: Actor, template: TemplateFacts) -> str:
    """Return the text of a template with the names it stands for in the actor's client; other braces stay."""
    values: dict[str, str] = {}
    wanted = set(_GAP.findall(template.body))
    if "client" in wanted:
        values["client"] = identity.company(actor.client).name
    if "firm" in wanted:
        values["firm"] = identity.firm_name()
    if "me" in wanted and actor.person_id is not None:
        values["me"] = identity.person(actor.person_id).name
    return _GAP.sub(lambda gap: values.get(gap[1], gap[0]), template.body)


def template_facts(row: MessageTemplate) -> TemplateFacts:
    """Return a template as a value."""
    return TemplateFacts(row.id, row.title, row.body, row.version, row.changed_at, row.changed_by)


def one_of(found: list[TemplateFacts], template_id: UUID) -> TemplateFacts:
    """Return one of some templates.

    Raises:
        NotFound: it is not among them.
    """
    for template in found:
        if template.id == template_id:
            return template
    raise NotFound


def _all(actor: Actor) -> list[TemplateFacts]:
    rows = MessageTemplate.objects.filter(client_id=actor.client, removed_at=None)
    return sorted((template_facts(row) for row in rows), key=lambda found: (found.title.casefold(), found.id))
