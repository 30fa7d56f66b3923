"""Background work of the log: room for the months to come."""

from django.db import connection, transaction
from procrastinate.contrib.django import app

MONTHS_AHEAD = 12


@app.periodic(cron="41 3 * * *")
@app.task(name="audit.make_months")
def make_months(timestamp: int) -> None:  # noqa: ARG001 - the queue says when it was due
    """Make the log's parts for the next twelve months, every day: without one, no act would be possible."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select app.make_entry_months(%s)", [MONTHS_AHEAD])
