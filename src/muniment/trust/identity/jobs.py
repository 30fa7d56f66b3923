"""Background work of identity: send mails, remove what is over."""

import smtplib
from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from muniment.core.retries import UntilBack
from muniment.trust.identity import actions
from muniment.trust.identity.actions.letters import SEND

# About two days: 1 s, 2 s, 4 s ... 18 h. A letter that was never taken stays where it is.
_RETRY = UntilBack(
    RetryStrategy(max_attempts=17, exponential_wait=2, retry_exceptions=[OSError, smtplib.SMTPException])
)


@app.task(name=SEND, retry=_RETRY)
def send_letter(letter_id: str) -> None:
    """Hand one mail to the mail server."""
    actions.deliver_letter(UUID(letter_id))


@app.periodic(cron="17 * * * *")
@app.task(name="identity.sweep_sessions")
def sweep_sessions(timestamp: int) -> None:  # noqa: ARG001 - the queue says when it was due
    """Remove sessions that ran out, every hour."""
    actions.sweep_sessions()
