"""Background work of continuity: counting rows, so that a restored database can be compared."""

from procrastinate.contrib.django import app

from muniment.assurance.continuity import actions
from muniment.trust.clients import queries as clients


@app.periodic(cron="7 * * * *")
@app.task(name="continuity.take_census", queueing_lock="continuity.take_census", lock="continuity.take_census")
def take_census(timestamp: int) -> None:  # noqa: ARG001 - when it was due, which the queue hands in
    """Count the rows of all tables and sign that, every hour."""
    if clients.find_firm_id() is not None:
        actions.take_census()
