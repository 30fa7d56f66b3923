"""Give the firm another name."""

from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.core.unit import action
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients
from muniment.trust.identity import models
from muniment.trust.identity.actions.companies import LONGEST_NAME
from muniment.trust.identity.queries.companies import firm_renamed
from muniment.trust.presentation.errors import ChangedMeanwhile


@action
def rename_firm(actor: Actor, *, name: str, before: str) -> None:
    """Give the firm another name, when it is still called `before`; pages and mails use it from then on.

    Raises:
        NotFound: `actor` may not, or acts not within the firm.
        Invalid: there is no name, or it is too long.
        ChangedMeanwhile: somebody renamed it since.
    """
    access.require(actor, "presentation:set")
    if actor.client != clients.find_firm_id():
        raise NotFound
    wanted = " ".join(name.split())
    if not wanted or len(wanted) > LONGEST_NAME or not wanted.isprintable():
        raise Invalid
    row = models.Company.objects.select_for_update().get(client_id=actor.client)
    if row.name != before:
        raise ChangedMeanwhile
    row.name = wanted
    row.save(update_fields=["name"])
    audit.record(actor, Event.FIRM_RENAMED, row)
    firm_renamed()
