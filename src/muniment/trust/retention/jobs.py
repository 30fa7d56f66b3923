"""Background work: what is over its period is dropped from every client's log, each night."""

from procrastinate.contrib.django import app

from muniment.core.actor import Actor
from muniment.trust.clients import queries as clients
from muniment.trust.retention import actions, queries

PURPOSE = "keep the log no longer than its periods"


@app.periodic(cron="17 2 * * *")
@app.task(name="retention.shorten_logs", queueing_lock="retention.shorten_logs")
def shorten_logs(timestamp: int) -> None:  # noqa: ARG001 - when it was due, which the queue hands in
    """Drop, batch after batch and each in a transaction of its own, what is over its period."""
    for client_id in clients.all_ids():
        shorten(Actor.system(client_id, purpose=PURPOSE))


def shorten(actor: Actor) -> None:
    """Drop everything that is over its period in one client."""
    while queries.is_anything_over(actor):
        actions.drop_parts(actor)
