"""Background work about tickets."""

import structlog
from procrastinate.contrib.django import app

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.errors import PortalError
from muniment.portal.tickets import actions
from muniment.trust.clients import queries as clients
from muniment.trust.vault.errors import VaultError

logger = structlog.get_logger("muniment.tickets")


@app.periodic(cron="43 * * * *")
@app.task(name="tickets.index_clients", queue="documents", queueing_lock="tickets.index_clients")
def index_clients(timestamp: int) -> None:  # noqa: ARG001 - when it was due, which the queue hands in
    """Index in every client what is not: asked while the search was off, or before a rule changed."""
    for client_id in clients.client_ids():
        try:
            actions.index_client(Actor.system(client_id, purpose="Let tickets be found by their words"))
        except (PortalError, VaultError) as error:  # a key that is not there: other clients have theirs
            logger.warning("indexing stopped", client=ids.public(client_id), what=type(error).__name__)
