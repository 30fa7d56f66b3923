"""Background work of identity: send mails, remove what is over."""

import smtplib
from uuid import UUID

import structlog
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from muniment.core.actor import Actor
from muniment.core.errors import PortalError
from muniment.core.retries import UntilBack
from muniment.trust.clients import queries as clients
from muniment.trust.identity import actions
from muniment.trust.identity.actions.entries import NOTE_ELSEWHERE, copy_try
from muniment.trust.identity.actions.letters import SEND
from muniment.trust.identity.life.actions.addresses import sweep_email_changes
from muniment.trust.identity.life.actions.idling import mind_the_silent
from muniment.trust.identity.life.queries.idling import silent_people

SILENCE = "people who do not sign in any more"
logger = structlog.get_logger("muniment.identity")

# About two days: 1 s, 2 s, 4 s ... 18 h. A letter that was never taken stays where it is.
_RETRY = UntilBack(
    RetryStrategy(max_attempts=17, exponential_wait=2, retry_exceptions=[OSError, smtplib.SMTPException])
)


@app.task(name=SEND, retry=_RETRY)
def send_letter(letter_id: str) -> None:
    """Hand one mail to the mail server."""
    actions.deliver_letter(UUID(letter_id))


@app.task(name=NOTE_ELSEWHERE, retry=UntilBack(RetryStrategy(max_attempts=17, exponential_wait=2)))
def note_elsewhere(client_id: str, entry_id: str) -> None:
    """Write a try down in the logs of the further clients of whom it was about."""
    copy_try(UUID(client_id), UUID(entry_id))


@app.periodic(cron="17 * * * *")
@app.task(name="identity.sweep_sessions")
def sweep_sessions(timestamp: int) -> None:  # noqa: ARG001 - the queue says when it was due
    """Remove sessions that ran out, every hour."""
    actions.sweep_sessions()
    sweep_email_changes()


@app.periodic(cron="41 5 * * *")
@app.task(name="identity.mind_the_silent", queueing_lock="identity.mind_the_silent")
def mind_silent_people(timestamp: int) -> None:  # noqa: ARG001 - the same
    """Warn people who do not sign in any more, and shut out who did not even then, every night."""
    if clients.find_firm_id() is None:
        return
    actor = Actor.system(clients.firm_id(), purpose=SILENCE)
    for person_id in silent_people():
        try:
            mind_the_silent(actor, person_id=person_id)
        except PortalError as refusal:
            logger.warning("silence not minded", rule=refusal.code)  # of one; the others, and tomorrow, go on
