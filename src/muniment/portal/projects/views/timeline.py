"""Where the tasks of a project lie in time: whole numbers for the SVG of the page."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import formats

from muniment.portal.projects.queries import today
from muniment.portal.projects.types import Board
from muniment.portal.projects.views.shown import Card, cards

WIDTH = 1000
LEAST_DAYS = 14
LEAST_WIDTH = 8
MONTHS_MOST = 24


@dataclass(frozen=True)
class Bar:
    """One task in time: where its bar begins, and how long it is."""

    card: Card
    x: int
    width: int
    is_moment: bool


@dataclass(frozen=True)
class Timeline:
    """All tasks with dates, the months above them, and those without dates; `now` is outside where it is negative."""

    bars: list[Bar]
    months: list[tuple[int, str]]
    now: int
    undated: list[Card]
    first: date
    last: date


def timeline(board: Board) -> Timeline:
    """Return where each task lies between the first and the last day that anything says; days lie evenly."""
    found = [card for stage in board.stages for card in cards(board).get(stage.id, [])]
    dated = [card for card in found if card.task.due_on or card.task.start_on]
    days = [day for card in dated for day in (card.task.start_on, card.task.due_on) if day]
    days += [day for day in (board.project.started_on, board.project.due_on) if day]
    first, last = min(days), max(days)
    last = max(last, first + timedelta(days=LEAST_DAYS))
    span = (last - first).days + 1

    def at(day: date) -> int:
        return (day - first).days * WIDTH // span

    bars = []
    for card in dated:
        begins = card.task.start_on or card.task.due_on or first
        ends = card.task.due_on or begins
        width = max(at(ends + timedelta(days=1)) - at(begins), LEAST_WIDTH)
        bars.append(Bar(card, min(at(begins), WIDTH - width), width, begins == ends))
    now = at(today()) if first <= today() <= last else -1
    undated = [card for card in found if not (card.task.due_on or card.task.start_on)]
    return Timeline(bars, [(at(day), _month(day)) for day in _months(first, last)], now, undated, first, last)


def _months(first: date, last: date) -> list[date]:
    """Return the days on which months begin, thinned out where there are many."""
    found, day = [], first.replace(day=1)
    while day <= last:
        if day >= first:
            found.append(day)
        day += timedelta(days=calendar.monthrange(day.year, day.month)[1])
    step = len(found) // MONTHS_MOST + 1
    return found[::step]


def _month(day: date) -> str:
    return formats.date_format(day, "M Y" if day.month == 1 else "M")
