"""When a base backup and a check of the repository are due."""

from datetime import UTC, datetime, timedelta

from muniment.core.config import Config

RETRY = timedelta(minutes=5)
CHECK_EVERY = timedelta(days=1)
DRILL_EVERY = timedelta(days=7)
DRILL_FIRST = timedelta(hours=6)
DRILL_AGAIN = timedelta(hours=12)  # after one that could not begin
CHECK_FIRST = timedelta(hours=1)  # a new portal has other things to do
LARGEST_LOG_BYTES = 4 * 2**30
WEEK = 7


def last_slot(hours: tuple[str, ...], now: datetime) -> datetime:
    """Return the last moment, not later than `now`, at which a base backup was to be made."""
    today = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    slots = [(today - timedelta(days=back)).replace(hour=int(hour)) for hour in hours for back in (0, 1)]
    return max(slot for slot in slots if slot <= now)


def base_due(
    present: Config, *, now: datetime, begun_at: datetime | None, tried_at: datetime | None, log_bytes: int
) -> bool:
    """Tell whether a base backup is due.

    `begun_at` is when the newest one that its log follows was begun, None where there is none; `tried_at` when one
    last failed. One is due at each hour of the settings, where there is none, and once its log has grown large.
    """
    if tried_at is not None and now - tried_at < RETRY:
        return False
    if begun_at is None or log_bytes > LARGEST_LOG_BYTES:
        return True
    return begun_at < last_slot(present.backup_hours, now)


def check_due(*, now: datetime, checked_at: datetime | None, first_at: datetime | None) -> bool:
    """Tell whether the repository is to be checked: once a day, and an hour after the first backup."""
    if checked_at is not None:
        return now - checked_at >= CHECK_EVERY
    return first_at is not None and now - first_at >= CHECK_FIRST


def drill_due(*, now: datetime, held_at: datetime | None, tried_at: datetime | None, first_at: datetime | None) -> bool:
    """Tell whether a drill is due: a week after the last one was held, and six hours after the first backup.

    `tried_at` is when one was last asked for: one that could not begin is asked for again half a day later.
    """
    if tried_at is not None and now - tried_at < DRILL_AGAIN:
        return False
    if held_at is not None:
        return now - held_at >= DRILL_EVERY
    return first_at is not None and now - first_at >= DRILL_FIRST


def part_of_day(now: datetime) -> tuple[int, int]:
    """Return which seventh of the repository is read back today: all of it in a week."""
    return now.toordinal() % WEEK + 1, WEEK
