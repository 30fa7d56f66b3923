"""Background work of the log: room for the months to come, re-hashing, and what others confirm of it."""

import structlog
from django.db import connection, transaction
from procrastinate.contrib.django import app

from muniment.core.actor import Actor
from muniment.trust.audit import actions
from muniment.trust.audit.confirming import collecting, stamping
from muniment.trust.audit.types import Outcome
from muniment.trust.clients import queries as clients

MONTHS_AHEAD = 12
logger = structlog.get_logger("muniment.audit")


@app.periodic(cron="41 3 * * *")
@app.task(name="audit.make_months")
def make_months(timestamp: int) -> None:  # noqa: ARG001 - the queue says when it was due
    """Make the log's parts for the next twelve months, every day: without one, no act would be possible."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select app.make_entry_months(%s)", [MONTHS_AHEAD])


@app.periodic(cron="23 4 * * 0")
@app.task(name="audit.rehash_logs", queueing_lock="audit.rehash_logs", lock="audit.rehash_logs")
def rehash_logs(timestamp: int) -> None:  # noqa: ARG001 - the same
    """Hash all logs anew, once a week, and compare them with what was signed."""
    firm_id = clients.find_firm_id()
    if firm_id is not None:
        actions.rehash_logs(Actor.system(firm_id, purpose="re-hash of the logs"))


@app.periodic(cron="* * * * *")
@app.task(name="audit.ask_witnesses", queueing_lock="audit.ask_witnesses", lock="audit.ask_witnesses")
def ask_witnesses(timestamp: int) -> None:  # noqa: ARG001 - the same
    """Have the witnesses cosign the newest head of the register, every minute; raise an alarm when one disagrees."""
    for answer in collecting.collect():
        logger.error("a witness contradicts the log", witness=answer.asked.witness.key.name, outcome=answer.outcome)
        firm_id = clients.find_firm_id()
        if firm_id is not None:
            actor = Actor.system(firm_id, purpose="cosignatures of the log")
            actions.report_contradiction(
                actor, witness=answer.asked.witness.key.id.hex(), outcome=answer.outcome, seen=answer.seen
            )


@app.periodic(cron="*/5 * * * *")
@app.task(name="audit.stamp_time", queueing_lock="audit.stamp_time", lock="audit.stamp_time")
def stamp_time(timestamp: int) -> None:  # noqa: ARG001 - the same
    """Have the time-stamp authority confirm the newest head of the register, every hour; a failure is tried again."""
    outcome = stamping.stamp()
    if outcome not in {None, Outcome.CONFIRMED}:
        logger.warning("no time stamp", outcome=outcome)
