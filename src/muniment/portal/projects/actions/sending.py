"""Send the checklist that a task or a rule speaks of: the task points to what was sent from then on."""

from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.portal.checklists import actions as checklists
from muniment.portal.checklists.types import ChecklistFacts, Sending
from muniment.portal.projects.queries.projects import sees_firm, today
from muniment.trust.access import queries as access


def send(actor: Actor, template_id: UUID) -> ChecklistFacts:
    """Send a checklist of the firm; where somebody of the client begins what asks for it, the portal itself sends it.

    Raises:
        NotFound: there is no such template any more, the actor may not ask this client for anything, or requests are
            switched off there.
        VariableMissing, NothingAsked: the template cannot be sent as it is.
    """
    if access.is_part_off(actor.client, "requests"):
        raise NotFound
    sender = actor if sees_firm(actor) else Actor.system(actor.client, purpose="Send what a task of a project asks for")
    begins = today()
    sending = Sending(counted_from=begins, values={"year": str(begins.year)})
    return checklists.send_template(sender, template_id=template_id, sending=sending)
