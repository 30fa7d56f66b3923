"""Alarms under way, and what there was."""

from datetime import timedelta
from typing import Final

from muniment.assurance.monitoring.models import Alarm
from muniment.assurance.monitoring.readiness import is_ready
from muniment.assurance.monitoring.types import AlarmFacts, Recipient
from muniment.core import clock, config
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import query
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity

__all__ = ["alarms", "facts", "is_ready", "open_alarms", "recipients", "untold"]

SHOWN: Final = 100
UNTOLD_FOR: Final = timedelta(days=1)  # what could not be told for that long is told on the page alone


@query
def alarms(actor: Actor) -> list[AlarmFacts]:
    """Return the alarms that are red, and the newest that were: at most 100, newest first.

    Raises:
        NotFound: `actor` may not, or acts not within the firm.
    """
    access.require(actor, "health:read")
    if actor.client_id != clients.find_firm_id():
        raise NotFound
    return [facts(row) for row in Alarm.objects.order_by("-raised_at", "-id")[:SHOWN]]


def open_alarms() -> list[AlarmFacts]:
    """Return the alarms that are red, oldest first."""
    return [facts(row) for row in Alarm.objects.filter(cleared_at=None).order_by("raised_at", "id")]


def untold() -> list[AlarmFacts]:
    """Return the alarms of the last day that not everybody was told of, or of whose end, oldest first."""
    since = clock.now() - UNTOLD_FOR
    rows = Alarm.objects.filter(raised_at__gt=since).order_by("raised_at", "id")
    return [found for row in rows if (found := facts(row)).told_at is None or _end_untold(found)]


def recipients() -> list[Recipient]:
    """Return who is told by mail: who administers the firm, and the addresses of the settings."""
    administrators = identity.people(access.administrators()).values()
    told = {person.email: Recipient(person.email, identity.reading_of(person.id)[0]) for person in administrators}
    language = identity.reading_of(None)[0]
    for address in config.current().alarm_mail or ():
        told.setdefault(address, Recipient(address, language))
    return sorted(told.values(), key=lambda one: one.address)


def facts(row: Alarm) -> AlarmFacts:
    """Return an alarm as a value."""
    return AlarmFacts(
        row.id, row.topic, row.name, row.raised_at, row.cleared_at, told_at=row.told_at, told_end_at=row.told_end_at
    )


def _end_untold(alarm: AlarmFacts) -> bool:
    return alarm.cleared_at is not None and alarm.told_end_at is None
