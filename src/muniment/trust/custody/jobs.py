"""Background work about keys: rotations go on, destructions that are due are carried out and proved."""

import structlog
from procrastinate.contrib.django import app

from muniment.core.actor import Actor
from muniment.core.errors import PortalError
from muniment.trust.clients import queries as clients
from muniment.trust.custody import actions, queries

QUEUE = "custody"
SECONDS = 50.0
logger = structlog.get_logger("muniment.custody")


@app.periodic(cron="* * * * *")
@app.task(name="custody.turn_keys", queue=QUEUE, queueing_lock="custody.turn_keys")
def turn_keys(timestamp: int) -> None:  # noqa: ARG001 - when it was due, which the queue hands in
    """Go on with the rotation that is under way, every minute for most of it; a death loses one batch."""
    firm_id = clients.find_firm_id()
    if firm_id is not None:
        actions.go_on_turning(Actor.system(firm_id, purpose="rotation of keys"), seconds=SECONDS)


@app.periodic(cron="*/5 * * * *")
@app.task(name="custody.destroy_keys", queue=QUEUE, queueing_lock="custody.destroy_keys")
def destroy_keys(timestamp: int) -> None:  # noqa: ARG001 - the same
    """Carry out what is due, and prove what was carried out."""
    firm_id = clients.find_firm_id()
    if firm_id is None:
        return
    actor = Actor.system(firm_id, purpose="destruction of keys")
    waiting, proving = queries.due(actor)
    for destruction_id in waiting:
        try:
            actions.carry_out(actor, destruction_id=destruction_id)
        except PortalError as refusal:  # under a hold by now: it stays, and is tried again
            logger.warning("destruction refused", rule=refusal.code)
    for destruction_id in proving:
        actions.prove_destruction(actor, destruction_id=destruction_id)
