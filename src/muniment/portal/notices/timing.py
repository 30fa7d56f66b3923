"""When a notice goes by mail, from what its person chose."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from muniment.portal.notices.types import Habits, How

HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def mail_at(how: How, habits: Habits, now: datetime) -> datetime | None:
    """Return when what is noticed now goes by mail (UTC), never in quiet hours; None: never.

    Hours are those of the person's zone; one that a clock skips in spring counts as the next that it shows.
    """
    if how == "never":
        return None
    moment = {"at-once": _now, "hourly": _next_hour, "daily": _next_day}[how](habits, now)
    return _after_quiet(habits, moment)


def _now(_habits: Habits, now: datetime) -> datetime:
    return now


def _next_hour(habits: Habits, now: datetime) -> datetime:
    local = now.astimezone(ZoneInfo(habits.zone))
    passed = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return now - passed + HOUR


def _next_day(habits: Habits, now: datetime) -> datetime:
    today = now.astimezone(ZoneInfo(habits.zone)).date()
    moment = _at(today, habits.daily_hour, habits.zone)
    return moment if moment > now else _at(today + _DAY, habits.daily_hour, habits.zone)


def _after_quiet(habits: Habits, moment: datetime) -> datetime:
    if habits.quiet_until is None or not is_quiet(habits, moment):
        return moment
    today = moment.astimezone(ZoneInfo(habits.zone)).date()
    end = _at(today, habits.quiet_until, habits.zone)
    return end if end > moment else _at(today + _DAY, habits.quiet_until, habits.zone)


def is_quiet(habits: Habits, moment: datetime) -> bool:
    """Return whether a moment lies in the quiet hours: they include their first hour and exclude their last."""
    begin, end = habits.quiet_from, habits.quiet_until
    if begin is None or end is None:
        return False
    hour = moment.astimezone(ZoneInfo(habits.zone)).hour
    return begin <= hour < end if begin < end else begin != end and (hour >= begin or hour < end)


def _at(day: date, hour: int, zone: str) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo(zone)).astimezone(UTC)
