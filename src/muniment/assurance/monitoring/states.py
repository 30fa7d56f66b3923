"""The states of alarms, as the table keeps them: written by the program that watches, and by nobody else.

They are what a machine saw, and nobody's act: they leave no entry in the log. An alarm must be kept and told above all
when the log, the keys or both cannot be used.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from muniment.assurance.monitoring.models import Alarm
from muniment.assurance.monitoring.types import AlarmFacts
from muniment.core import clock

KEPT: Final = timedelta(days=400)


def keep(alarms: Iterable[AlarmFacts]) -> None:
    """Write alarms down as they are now; repeating it changes nothing."""
    with transaction.atomic():
        for alarm in alarms:
            if alarm.cleared_at is None:  # what the table has under this name may be older than the outage
                over = Alarm.objects.filter(name=alarm.name, cleared_at=None).exclude(id=alarm.id)
                over.update(cleared_at=alarm.raised_at)
            Alarm.objects.update_or_create(
                id=alarm.id,
                defaults={
                    "topic": alarm.topic,
                    "name": alarm.name,
                    "raised_at": alarm.raised_at,
                    "cleared_at": alarm.cleared_at,
                },
            )


def note_told(alarm_id: UUID, at: datetime, *, is_end: bool) -> None:
    """Note that everybody was told of an alarm, or of its end."""
    with transaction.atomic():
        Alarm.objects.filter(id=alarm_id).update(**{"told_end_at" if is_end else "told_at": at})


def sweep() -> int:
    """Delete what has been over for 400 days; return how much there was."""
    with transaction.atomic():
        return Alarm.objects.filter(cleared_at__lt=clock.now() - KEPT).delete()[0]
