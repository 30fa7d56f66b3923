"""Days and moments as people read them, in the language and the zone that are active: for mails and pages alike."""

from datetime import date, datetime

from django.utils import formats, timezone


def day(at: datetime | date) -> str:
    """Return a day as the reader writes it; of a moment, the day it is in the reader's zone."""
    local = timezone.localtime(at).date() if isinstance(at, datetime) else at
    return formats.date_format(local, "DATE_FORMAT")


def moment(at: datetime) -> str:
    """Return a day and a time in the reader's zone, and which zone that is."""
    local = timezone.localtime(at)
    return f"{formats.date_format(local, 'DATE_FORMAT')}, {formats.time_format(local, 'TIME_FORMAT')} {local:%Z}"


def clock_time(at: datetime) -> str:
    """Return the time of day in the reader's zone."""
    return formats.time_format(timezone.localtime(at), "TIME_FORMAT")
