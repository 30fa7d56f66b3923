"""Background work: access that was asked for ends, reviews begin when it is time."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from procrastinate.contrib.django import app

from muniment.core.actor import Actor
from muniment.core.errors import PortalError
from muniment.trust.clients import queries as clients
from muniment.trust.oversight import actions, queries

ENDING, REVIEWING = "end what was given for a time", "review of access"
logger = structlog.get_logger("muniment.oversight")


@app.periodic(cron="*/5 * * * *")
@app.task(name="oversight.end_access", queueing_lock="oversight.end_access")
def end_access(timestamp: int) -> None:  # noqa: ARG001 - when it was due, which the queue hands in
    """End what is over; the access itself ended to the second, by its grant."""
    for client_id in clients.client_ids():
        actor = Actor.system(client_id, purpose=ENDING)
        for request_id in queries.due(actor):
            with _one_by_one():
                actions.end_due(actor, request_id=request_id)


@app.periodic(cron="23 5 * * *")
@app.task(name="oversight.review_access", queueing_lock="oversight.review_access")
def review_access(timestamp: int) -> None:  # noqa: ARG001 - the same
    """Begin the reviews whose time has come, close those that are done, and remind who is late."""
    for client_id in clients.all_ids():
        actor = Actor.system(client_id, purpose=REVIEWING)
        with _one_by_one():
            if queries.is_due(actor):
                actions.start_review(actor)
        for review_id in queries.finished(actor):
            with _one_by_one():
                actions.close_review(actor, review_id=review_id)
        for review_id in queries.late(actor):
            with _one_by_one():
                actions.remind_owners(actor, review_id=review_id)


@contextmanager
def _one_by_one() -> Iterator[None]:
    """Let what is refused for one stop no other: the next run tries again."""
    try:
        yield
    except PortalError as refusal:
        logger.warning("oversight refused", rule=refusal.code)
