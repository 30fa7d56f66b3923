"""Background work: letters about logs."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

import structlog
from django.utils import timezone
from procrastinate.contrib.django import app

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import PortalError
from muniment.trust.clients import queries as clients
from muniment.trust.disclosure import actions, queries

PURPOSE = "letters about the log"
logger = structlog.get_logger("muniment.disclosure")


@app.periodic(cron="7 6 * * *")
@app.task(name="disclosure.write_letters", queueing_lock="disclosure.write_letters")
def write_letters(timestamp: int) -> None:  # noqa: ARG001 - when it was due, which the queue hands in
    """Write what is due, every morning: a week is told from Monday on, a month from its end on, each once."""
    monday, month = last_monday(), month_before()
    for client_id in clients.client_ids():
        actor = Actor.system(client_id, purpose=PURPOSE)
        with _one_by_one():
            if queries.is_weekly_due(actor, monday):
                actions.write_weekly_letter(actor, until=monday)
            if queries.is_month_due(actor, month):
                actions.write_month_letter(actor, month=month)


@app.periodic(cron="*/5 * * * *")
@app.task(name="disclosure.send_receipts", queueing_lock="disclosure.send_receipts")
def send_receipts(timestamp: int) -> None:  # noqa: ARG001 - the same
    """Send receipts to those who earned them, in spaces that chose so."""
    for client_id in clients.all_ids():
        actor = Actor.system(client_id, purpose=PURPOSE)
        with _one_by_one():
            if queries.has_receipts_to_send(actor):
                actions.send_receipts(actor)


@contextmanager
def _one_by_one() -> Iterator[None]:
    """Let what is refused for one client stop no other's letters: the next run tries again."""
    try:
        yield
    except PortalError as refusal:
        logger.warning("letter refused", rule=refusal.code)


def last_monday() -> datetime:
    """Return when this week began, in the portal's zone."""
    today = timezone.localtime(clock.now()).date()
    return timezone.make_aware(datetime.combine(today - timedelta(days=today.weekday()), time()))


def month_before() -> date:
    """Return the first day of the month before this one, in the portal's zone."""
    today = timezone.localtime(clock.now()).date()
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)
