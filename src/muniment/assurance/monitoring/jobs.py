"""Background work of monitoring: the notice about new versions."""

import structlog
from procrastinate.contrib.django import app

from muniment.assurance.monitoring import actions
from muniment.core.releases import NotReleased

log = structlog.get_logger("muniment.updates")


@app.periodic(cron="41 4 * * *")
@app.task(name="monitoring.renew_notice", queueing_lock="monitoring.renew_notice")
def renew_notice(timestamp: int) -> None:  # noqa: ARG001 - when it was due, which the queue hands in
    """Ask for the notice about new versions, every day; without MUNIMENT_UPDATES_URL nobody is asked."""
    try:
        actions.renew_notice()
    except (actions.NoNotice, NotReleased) as error:
        log.warning("no notice about new versions", reason=str(error))
