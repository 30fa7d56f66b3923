"""How much happened when: bars by day or by week, and the same as a table. Drawn here, so it needs no script."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import DayCount, LogFilter, Step
from muniment.web.views.log.filters import Asked, midnight

USUAL_DAYS, USUAL_WEEKS = 28, 26
MOST_DAYS, MOST_WEEKS = 92, 106
WIDTH, HEIGHT = 1000, 120
_SPACE = 0.24  # of a bar's place, beside it


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both included, in steps of a day or a week."""

    first: date
    last: date
    step: Step

    @property
    def starts(self) -> list[date]:
        """The day each bar begins on."""
        size = 7 if self.step == "week" else 1
        return [self.first + timedelta(days=days) for days in range(0, (self.last - self.first).days + 1, size)]


def period(asked: Asked, today: date) -> Period:
    """Return what is drawn: what was asked for, else the last weeks; no more bars than can be told apart."""
    last = min(asked.until or today, today)
    step: Step = "week" if asked.step == "week" else "day"
    if asked.since and (last - asked.since).days >= MOST_DAYS:
        step = "week"
    if step == "day":
        first = asked.since or last - timedelta(days=USUAL_DAYS - 1)
        return Period(min(first, last), last, step)
    monday = last - timedelta(days=last.weekday())
    first = asked.since or monday - timedelta(weeks=USUAL_WEEKS - 1)
    first = max(first, monday - timedelta(weeks=MOST_WEEKS - 1))
    return Period(min(first - timedelta(days=first.weekday()), monday), last, step)


def picture(actor: Actor, asked: Asked, wanted: LogFilter, path: str) -> dict[str, Any]:
    """Return the bars of a client's log under a filter, as the template draws and lists them."""
    drawn = period(asked, timezone.localtime(clock.now()).date())
    found = log.days(
        actor, replace(wanted, since=midnight(drawn.first), until=midnight(drawn.last, days=1)), drawn.step
    )
    return draw(drawn, found, asked, path)


def draw(drawn: Period, found: list[DayCount], asked: Asked, path: str) -> dict[str, Any]:
    """Return counted days as bars, rows and words."""
    counted = {one.day: one for one in found}
    highest = max((one.entries for one in found), default=0)
    starts = drawn.starts
    place = WIDTH / len(starts)
    bars = [_bar(number * place, place, counted[day], highest) for number, day in enumerate(starts) if day in counted]
    return {
        "step": drawn.step,
        "width": WIDTH,
        "height": HEIGHT,
        "bars": bars,
        "highest": highest,
        "from": starts[0],
        "to": drawn.last,
        "said": _said(found, len(starts), drawn.step),
        "rows": [_row(counted[day], drawn, asked, path) for day in reversed(starts) if day in counted],
        "day_url": asked.address(path, step=""),
        "week_url": asked.address(path, step="week"),
    }


def _bar(x: float, place: float, one: DayCount, highest: int) -> dict[str, str]:
    height, refused = one.entries / highest * HEIGHT, one.refused / highest * HEIGHT
    return {
        "x": f"{x + place * _SPACE / 2:.2f}",
        "width": f"{place * (1 - _SPACE):.2f}",
        "y": f"{HEIGHT - height:.2f}",
        "height": f"{height - refused:.2f}",
        "refused_y": f"{HEIGHT - refused:.2f}",
        "refused_height": f"{refused:.2f}" if one.refused else "",
        "title": f"{formats.date_format(one.day, 'j M Y')}: {entries_words(one.entries)}",
    }


def _row(one: DayCount, drawn: Period, asked: Asked, path: str) -> dict[str, Any]:
    until = one.day + timedelta(days=6 if drawn.step == "week" else 0)
    return {
        "day": one.day,
        "until": until,
        "entries": one.entries,
        "refused": one.refused,
        "people": one.people,
        "url": asked.address(path, since=one.day.isoformat(), until=until.isoformat()),
    }


def _said(found: list[DayCount], places: int, step: Step) -> str:
    entries, refused = sum(one.entries for one in found), sum(one.refused for one in found)
    over = (
        ngettext("in %(count)d week", "in %(count)d weeks", places)
        if step == "week"
        else ngettext("on %(count)d day", "in %(count)d days", places)
    ) % {"count": places}
    said = f"{entries_words(entries)} {over}"
    return f"{said}, {_('%(count)d of them refused') % {'count': refused}}" if refused else said


def entries_words(count: int) -> str:
    """Return a number of entries in words."""
    return ngettext("%(count)s entry", "%(count)s entries", count) % {
        "count": formats.number_format(count, 0, force_grouping=True)
    }
