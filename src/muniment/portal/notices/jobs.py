"""Background work of notices: follow the logs, send what is due, forget what is old."""

import structlog
from procrastinate.contrib.django import app

from muniment.core.errors import PortalError
from muniment.portal.notices import following, mailing, sweeping
from muniment.trust.vault.errors import VaultError

ROUNDS = 20  # of at most 500 entries each, for one client in one run; the next run goes on
logger = structlog.get_logger("muniment.notices")


@app.periodic(cron="* * * * * */10")
@app.task(name="notices.follow_logs", queueing_lock="notices.follow_logs", lock="notices.follow_logs")
def follow_logs(timestamp: int) -> None:  # noqa: ARG001 - the queue says when it was due
    """Tell people of what happened, every ten seconds."""
    for client_id in following.logs_to_follow():
        try:
            for _ in range(ROUNDS):
                if following.follow_log(client_id).is_at_end:
                    break
        except (PortalError, VaultError) as refusal:  # of one client: the others, and the next run, go on
            logger.warning("log not followed", kind=type(refusal).__name__)


@app.periodic(cron="* * * * * 30")
@app.task(name="notices.write_mails", queueing_lock="notices.write_mails", lock="notices.write_mails")
def write_mails(timestamp: int) -> None:  # noqa: ARG001 - the same
    """Write the mails that are due, every minute: one for each person."""
    for person_id, client_ids in mailing.due().items():
        try:
            mailing.write_mail(person_id, client_ids)
        except (PortalError, VaultError) as refusal:  # of one person; the same
            logger.warning("mail not written", kind=type(refusal).__name__)


@app.periodic(cron="29 3 * * *")
@app.task(name="notices.sweep", queueing_lock="notices.sweep")
def sweep(timestamp: int) -> None:  # noqa: ARG001 - the same
    """Forget notices and links of mails after 90 days, every night."""
    sweeping.sweep()
