"""Backups and drills drawn: a lane for each kind over four weeks, a square for each day of a year, a bar a drill."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from muniment.assurance.continuity.queries.pages import RUNS_DAYS, YEAR_DAYS, DayFacts, DrillPoint
from muniment.assurance.continuity.types import BackupFacts
from muniment.web.views.continuity import words

WIDTH: Final = 1000
LANE_HEIGHT: Final = 20
MARK: Final = 6  # the least width of a run, so that a short one is seen
SQUARE: Final = 12
GAP: Final = 3
BAR_HEIGHT: Final = 100
BAR: Final = 9
HEADROOM: Final = 1.25
LANES: Final[tuple[tuple[Promise, tuple[str, ...]], ...]] = (
    (lazy("Database"), ("base", "incremental", "bundle")),
    (lazy("Documents"), ("store",)),
    (lazy("Log of changes"), ("wal",)),
)
DAY_WORDS: Final[dict[str, Promise]] = {
    "made": lazy("backed up"),
    "failed": lazy("failed"),
    "none": lazy("no backup"),
    "before": lazy("nothing was due"),
}


@dataclass(frozen=True)
class Lane:
    """One kind of backup over time; `said` is the same in words."""

    name: str
    marks: tuple[dict[str, Any], ...]
    made: int
    failed: int


def lanes(runs: Sequence[BackupFacts], now: datetime) -> list[Lane]:
    """Return a lane for each kind of backup that there is, over the last four weeks."""
    found = []
    for name, kinds in LANES:
        rows = [row for row in runs if row.kind in kinds]
        if rows:
            marks = tuple(_mark(row, now) for row in reversed(rows))
            failed = sum(row.state == "failed" for row in rows)
            found.append(Lane(str(name), marks, len(rows) - failed, failed))
    return found


def _mark(row: BackupFacts, now: datetime) -> dict[str, Any]:
    begin = _across(row.started_at, now, RUNS_DAYS)
    width = max(MARK, _across(row.ended_at or now, now, RUNS_DAYS) - begin)
    tone = "bars-refused" if row.state == "failed" else "bars-done"
    title = f"{words.KINDS[row.kind]}, {_moment(row.started_at)}: {words.STATES[row.state][1]}"
    return {"x": f"{min(begin, WIDTH - width):.1f}", "width": f"{width:.1f}", "tone": tone, "title": title}


def year(days: Sequence[DayFacts]) -> dict[str, Any]:
    """Return a square for each day, a column for each week that begins on a Monday, and how many of each there are."""
    monday = days[0].day - timedelta(days=days[0].day.weekday())
    step = SQUARE + GAP
    squares: list[dict[str, Any]] = []
    months: list[dict[str, Any]] = []
    for one in days:
        column, row = divmod((one.day - monday).days, 7)
        said = f"{formats.date_format(one.day, 'j M Y')}: {DAY_WORDS[one.state]}"
        squares.append({"x": column * step, "y": row * step, "state": one.state, "title": said})
        if one.day.day == 1:
            months.append({"x": column * step, "name": formats.date_format(one.day, "M")})
    columns = (days[-1].day - monday).days // 7 + 1
    return {
        "squares": squares,
        "months": [month for month in months if month["x"] < (columns - 2) * step],
        "width": columns * step - GAP,
        "height": 7 * step - GAP,
        "size": SQUARE,
        "made": sum(one.state == "made" for one in days),
        "missed": sum(one.state in {"failed", "none"} for one in days),
    }


def drills(points: Iterable[DrillPoint], what: str, target_seconds: float, now: datetime) -> dict[str, Any]:
    """Return a bar for each drill that measured `what`, a name of `DrillPoint`, and the line of the target."""
    known = [(one, value) for one in points if (value := getattr(one, what)) is not None]
    highest = max([target_seconds, *(value for _one, value in known)]) * HEADROOM
    bars = []
    for one, value in known:
        height = max(2.0, value / highest * BAR_HEIGHT)
        x = min(_across(one.started_at, now, YEAR_DAYS), WIDTH - BAR)
        bars.append(
            {
                "x": f"{x:.1f}",
                "y": f"{BAR_HEIGHT - height:.1f}",
                "width": BAR,
                "height": f"{height:.1f}",
                "tone": "bars-refused" if value > target_seconds else "bars-done",
                "title": f"{_moment(one.started_at)}: {words.lasted(value)}",
            }
        )
    missed = sum(value > target_seconds for _one, value in known)
    return {
        "bars": bars,
        "target_y": f"{BAR_HEIGHT - target_seconds / highest * BAR_HEIGHT:.1f}",
        "target": words.lasted(target_seconds),
        "highest": words.lasted(highest),
        "count": len(known),
        "missed": missed,
        "worst": words.lasted(max((value for _one, value in known), default=None)),
        "width": WIDTH,
        "height": BAR_HEIGHT,
    }


def months(days: Sequence[DayFacts], points: Sequence[DrillPoint]) -> list[dict[str, Any]]:
    """Return the year as rows of a table, a month a row, newest first."""
    rows: dict[tuple[int, int], dict[str, Any]] = {}
    for one in days:
        row = rows.setdefault((one.day.year, one.day.month), _month(one))
        row["made"] += one.state == "made"
        row["missed"] += one.state in {"failed", "none"}
    for point in points:
        begun = timezone.localtime(point.started_at).date()
        month = rows.get((begun.year, begun.month))
        if month is not None:
            month["passed"] += point.is_passed
            month["drills"] += 1
            month["loss"] = max(month["loss"], point.loss_seconds or 0.0)
            month["recovery"] = max(month["recovery"], point.recovery_seconds or 0.0)
    for row in rows.values():
        row["loss"], row["recovery"] = words.lasted(row["loss"] or None), words.lasted(row["recovery"] or None)
    return [rows[key] for key in sorted(rows, reverse=True)]


def _month(one: DayFacts) -> dict[str, Any]:
    return {"first": one.day, "made": 0, "missed": 0, "drills": 0, "passed": 0, "loss": 0.0, "recovery": 0.0}


def _across(moment: datetime, now: datetime, days: int) -> float:
    part = 1 - (now - moment) / timedelta(days=days)
    return min(1.0, max(0.0, part)) * WIDTH


def _moment(moment: datetime) -> str:
    return formats.date_format(timezone.localtime(moment), "j M Y, H:i")
