"""Background work about documents. Arguments are ids; each job binds its client."""

from datetime import timedelta
from uuid import UUID

import structlog
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.errors import PortalError
from muniment.core.retries import UntilBack
from muniment.portal.documents import actions
from muniment.trust.clients import queries as clients
from muniment.trust.vault.errors import VaultError

logger = structlog.get_logger("muniment.documents")
QUEUE = "documents"
RETRY = UntilBack(RetryStrategy(max_attempts=5))


@app.task(name=actions.PROVE_VERSION, queue=QUEUE, retry=RETRY)
def prove_version(client_id: str, version_id: str) -> None:
    """Read a new version back and write its digest down."""
    actor = Actor.system(UUID(client_id), purpose="Check that what was stored opens")
    actions.prove_version(actor, version_id=UUID(version_id))


@app.task(name=actions.VET_VERSION, queue=QUEUE, retry=RETRY, priority=10)
def vet_version(client_id: str, version_id: str) -> None:
    """Look at a new version before anybody opens it."""
    actor = Actor.system(UUID(client_id), purpose="Look whether what was uploaded is harmless")
    actions.vet_version(actor, version_id=UUID(version_id))


@app.periodic(cron="* * * * *")
@app.task(name="documents.vet_waiting", queue=QUEUE, queueing_lock="documents.vet_waiting")
def vet_waiting(timestamp: int) -> None:  # noqa: ARG001 - when it was due, which the queue hands in
    """Vet what waits for longer than a minute, and what was held because the scanner was down, in every client."""
    for client_id in clients.client_ids():
        actor = Actor.system(client_id, purpose="Look whether what was uploaded is harmless")
        try:
            actions.vet_waiting(actor, older_than=timedelta(minutes=1))
        except (PortalError, VaultError) as error:  # a key or a store that is not there: other clients have theirs
            logger.warning("vetting stopped", client=ids.public(client_id), what=type(error).__name__)


@app.periodic(cron="17 * * * *")
@app.task(name="documents.expire_uploads", queue=QUEUE, queueing_lock="documents.expire_uploads")
def expire_uploads(timestamp: int) -> None:  # noqa: ARG001 - when it was due, which the queue hands in
    """Shred what was not finished in time, in every client."""
    for client_id in clients.client_ids():
        actions.expire_uploads(Actor.system(client_id, purpose="Remove what was begun and not finished"))


@app.task(name=actions.INDEX_DOCUMENT, queue=QUEUE, retry=RETRY, priority=-10)
def index_document(client_id: str, document_id: str) -> None:
    """Read the text of a document's newest version, so that its words are found."""
    actor = Actor.system(UUID(client_id), purpose="Let documents be found by their words")
    actions.index_document(actor, document_id=UUID(document_id))


@app.task(name=actions.INDEX_CLIENT, queue=QUEUE, retry=RETRY, priority=-20)
def index_client(client_id: str, after: str | None = None) -> None:
    """Index what is not indexed of a client, for a while; then let others have their turn."""
    actor = Actor.system(UUID(client_id), purpose="Let documents be found by their words")
    left_off = actions.index_client(actor, after=UUID(after) if after else None)
    if left_off is not None:
        index_client.defer(client_id=client_id, after=str(left_off))


@app.periodic(cron="23 * * * *")
@app.task(name="documents.index_clients", queue=QUEUE, queueing_lock="documents.index_clients")
def index_clients(timestamp: int) -> None:  # noqa: ARG001 - when it was due, which the queue hands in
    """Look in every client for what is not indexed: new word rules, a restored folder, a job that was lost."""
    for client_id in clients.client_ids():
        actions.read_later(client_id)


@app.periodic(cron="41 1 * * *")
@app.task(name="documents.collect_stores", queue=QUEUE, queueing_lock="documents.collect_stores")
def collect_stores(timestamp: int) -> None:  # noqa: ARG001 - when it was due, which the queue hands in
    """Remove from the stores what no row needs, every night, in every client."""
    for client_id in clients.all_ids():
        actions.collect_store(Actor.system(client_id, purpose="Remove what nobody needs any more"))


@app.periodic(cron="23 2 1 * *")
@app.task(name="documents.check_stores", queue=QUEUE, queueing_lock="documents.check_stores")
def check_stores(timestamp: int) -> None:  # noqa: ARG001 - when it was due, which the queue hands in
    """Begin to read everything back, once a month, in every client."""
    for client_id in clients.all_ids():
        check_store.defer(client_id=str(client_id))


@app.task(name=actions.CHECK_STORE, queue=QUEUE, lock=actions.CHECK_STORE, retry=RETRY, priority=-30)
def check_store(client_id: str) -> None:
    """Read a client's documents back; one client at a time, and what was not read lately first."""
    actor = Actor.system(UUID(client_id), purpose="Check that what was stored opens")
    actions.check_store(actor, proved_before=clock.now() - actions.MONTH)
