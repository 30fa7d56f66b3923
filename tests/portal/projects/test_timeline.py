"""Where tasks lie in time: inside the picture, in order, whatever their days."""

import itertools
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from muniment.core import clock, ids
from muniment.portal.projects.types import Board, ProjectFacts, StageFacts, TaskFacts
from muniment.portal.projects.views import timeline as drawn
from muniment.portal.projects.views.timeline import Bar

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def board(begun: date, spans: list[tuple[date | None, date | None]]) -> Board:
    """Return a project with a task for each span."""
    client_id, project_id, stage_id = ids.new(), ids.new(), ids.new()
    project = ProjectFacts(project_id, client_id, "Merger", "", False, stage_id, None, begun, None, None, 1)
    tasks: list[Any] = [
        TaskFacts(
            id=ids.new(),
            client_id=client_id,
            project_id=project_id,
            stage_id=stage_id,
            place=place,
            title=f"Task {place}",
            about="",
            state="open",
            why="",
            side="firm",
            assignee_id=None,
            start_on=first,
            due_on=last,
            start_day=None,
            due_day=None,
            for_firm=False,
            thing_kind="",
            thing_id=None,
            version=1,
            changed_at=clock.now(),
            changed_by=None,
            done_at=None,
        )
        for place, (first, last) in enumerate(spans)
    ]
    return Board(project, [StageFacts(stage_id, project_id, "All", 0, 1)], tasks)


def _first_day(bar: Bar) -> date:
    assert bar.card.task.start_on is not None  # a task without days is in the list of undated ones
    return bar.card.task.start_on


@given(begun=DAYS, spans=st.lists(st.tuples(DAYS | st.none(), st.integers(0, 900) | st.none()), max_size=12))
def test_every_bar_lies_inside_the_picture_and_later_ones_never_before_earlier_ones(begun, spans):
    days = [
        (first, first + timedelta(days=length) if first and length is not None else None) for first, length in spans
    ]

    found = drawn.timeline(board(begun, days))

    assert all(bar.x >= 0 and bar.width > 0 and bar.x + bar.width <= drawn.WIDTH for bar in found.bars)
    ordered = sorted(found.bars, key=_first_day)
    slack = drawn.LEAST_WIDTH  # a bar too thin to be seen is made wider
    assert all(one.x <= other.x + slack for one, other in itertools.pairwise(ordered))
    assert len(found.bars) + len(found.undated) == len(days)
    assert all(0 <= x < drawn.WIDTH for x, _name in found.months)
    assert len(found.months) <= drawn.MONTHS_MOST
