"""When a notice goes by mail: laws that hold at every hour of every zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.portal.notices.timing import is_quiet, mail_at
from muniment.portal.notices.types import Habits

ZONES = ("UTC", "Europe/Madrid", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo")
HOURS = st.integers(0, 23)
QUIET = st.none() | st.tuples(HOURS, HOURS)
MOMENTS = st.integers(0, 3 * 366 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@st.composite
def habits(draw):
    quiet = draw(QUIET)
    begin, end = quiet or (None, None)
    return Habits(draw(st.sampled_from(ZONES)), draw(HOURS), begin, end)


@given(habit=habits(), now=MOMENTS, how=st.sampled_from(("at-once", "hourly", "daily")))
def test_no_mail_is_before_its_notice_nor_in_quiet_hours_nor_days_late(habit, now, how):
    at = mail_at(how, habit, now)

    assert at is not None
    assert at >= now
    assert not is_quiet(habit, at)
    assert at - now <= timedelta(days=2, hours=2)


@given(habit=habits(), now=MOMENTS)
def test_outside_of_quiet_hours_at_once_is_now(habit, now):
    if not is_quiet(habit, now):
        assert mail_at("at-once", habit, now) == now


@given(habit=habits(), now=MOMENTS)
def test_the_mail_of_the_day_comes_at_its_hour_of_the_persons_day(habit, now):
    at = mail_at("daily", Habits(habit.zone, habit.daily_hour), now)

    assert at is not None
    assert at - now <= timedelta(hours=25)
    local = at.astimezone(ZoneInfo(habit.zone))
    assert local.hour in {habit.daily_hour, (habit.daily_hour + 1) % 24}  # the next, where the clock skips that hour


@pytest.mark.parametrize(
    ("how", "now", "at"),
    [
        ("at-once", "2026-03-02 14:20", "2026-03-02 14:20"),
        ("at-once", "2026-03-02 22:20", "2026-03-03 07:00"),
        ("at-once", "2026-03-02 03:00", "2026-03-02 07:00"),
        ("hourly", "2026-03-02 14:20", "2026-03-02 15:00"),
        ("hourly", "2026-03-02 20:59", "2026-03-03 07:00"),
        ("daily", "2026-03-02 07:59", "2026-03-02 08:00"),
        ("daily", "2026-03-02 08:00", "2026-03-03 08:00"),
        ("at-once", "2026-03-28 23:30", "2026-03-29 07:00"),  # the clocks go forward that night
    ],
)
def test_hours_are_those_of_the_persons_zone(how, now, at):
    habit, zone = Habits("Europe/Madrid", 8, 21, 7), ZoneInfo("Europe/Madrid")

    found = mail_at(how, habit, datetime.fromisoformat(now).replace(tzinfo=zone).astimezone(UTC))

    assert found == datetime.fromisoformat(at).replace(tzinfo=zone)


def test_never_is_never():
    assert mail_at("never", Habits(), datetime(2026, 3, 2, tzinfo=UTC)) is None
