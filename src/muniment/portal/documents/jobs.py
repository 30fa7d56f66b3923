"""Background work about documents. Arguments are ids; each job binds its client."""

from uuid import UUID

from procrastinate.contrib.django import app

from muniment.core.actor import Actor
from muniment.portal.documents import actions
from muniment.trust.clients import queries as clients

QUEUE = "documents"


@app.task(name=actions.PROVE_VERSION, queue=QUEUE, retry=5)
def prove_version(client_id: str, version_id: str) -> None:
    """Read a new version back and write its digest down."""
    actor = Actor.system(UUID(client_id), purpose="Check that what was stored opens")
    actions.prove_version(actor, version_id=UUID(version_id))


@app.periodic(cron="17 * * * *")
@app.task(name="documents.expire_uploads", queue=QUEUE, queueing_lock="documents.expire_uploads")
def expire_uploads(timestamp: int) -> None:  # noqa: ARG001 - when it was due, which the queue hands in
    """Shred what was not finished in time, in every client."""
    for client_id in clients.client_ids():
        actions.expire_uploads(Actor.system(client_id, purpose="Remove what was begun and not finished"))
