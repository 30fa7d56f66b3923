"""Background work about checklists. Each job binds its client."""

import structlog
from django.utils import timezone
from procrastinate.contrib.django import app

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.errors import PortalError
from muniment.portal.checklists import actions
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.vault.errors import VaultError

logger = structlog.get_logger("muniment.checklists")


@app.periodic(cron="9 6-20 * * *")
@app.task(name="checklists.remind", queue="checklists", queueing_lock="checklists.remind")
def remind(timestamp: int) -> None:  # noqa: ARG001 - when it was due, which the queue hands in
    """Remind, in every client, of what is wanted tomorrow or was wanted before; by day, and each once.

    Where requests are switched off nobody is reminded until they are on again.
    """
    today = timezone.localdate(clock.now())
    for client_id in clients.client_ids():
        actor = Actor.system(client_id, purpose="Remind of what is asked for")
        try:
            if not access.is_part_off(client_id, "requests"):
                actions.remind_due(actor, today)
        except (PortalError, VaultError) as error:  # a key that is not there: other clients have theirs
            logger.warning("reminding stopped", client=ids.public(client_id), what=type(error).__name__)


@app.periodic(cron="51 * * * *")
@app.task(name="checklists.index_clients", queue="checklists", queueing_lock="checklists.index_clients")
def index_clients(timestamp: int) -> None:  # noqa: ARG001 - the same
    """Index in every client what is not: sent while the search was off, or before a rule changed."""
    for client_id in clients.client_ids():
        try:
            actions.index_client(Actor.system(client_id, purpose="Let what is asked for be found by its words"))
        except (PortalError, VaultError) as error:  # a key that is not there: other clients have theirs
            logger.warning("indexing stopped", client=ids.public(client_id), what=type(error).__name__)
