"""Drills: how each of their actions is called."""

from collections.abc import Callable
from datetime import timedelta

from muniment.assurance.continuity import actions as continuity
from muniment.assurance.continuity.types import Check
from muniment.core import clock
from muniment.trust.audit.types import Event
from tests.guarantees.callers.case import Call, Case
from tests.worker import as_worker

CONTINUITY = "muniment.assurance.continuity.actions.drills."


def _end(case: Case) -> Call:
    with as_worker():
        drill = continuity.begin_drill(case.firm, backup_id=None)
    measured = {"loss_seconds": 12.5, "recovery_seconds": 20.0, "moment": clock.now() - timedelta(seconds=13)}
    values = {"drill_id": drill.id, "checks": [Check("rows", "passed", 40)], "facts": {}, **measured}
    return Call(case.firm, Event.DRILL_ENDED, values, object_id=drill.id, by_worker=True)


CALLS: dict[str, Callable[[Case], Call]] = {
    f"{CONTINUITY}begin_drill": lambda c: Call(c.firm, Event.DRILL_BEGUN, {"backup_id": None}, by_worker=True),
    f"{CONTINUITY}end_drill": _end,
}
