"""Write down what the agent does, and what it is asked to do."""

from muniment.assurance.continuity.actions.backups import (
    begin_backup,
    end_backup,
    extend_backup,
    fail_backup,
    fail_interrupted,
    note_trouble,
)
from muniment.assurance.continuity.actions.census import take_census
from muniment.assurance.continuity.actions.drills import begin_drill, end_drill
from muniment.assurance.continuity.actions.orders import end_abandoned, end_order, order, report_progress, take_order

__all__ = [
    "begin_backup",
    "begin_drill",
    "end_abandoned",
    "end_backup",
    "end_drill",
    "end_order",
    "extend_backup",
    "fail_backup",
    "fail_interrupted",
    "note_trouble",
    "order",
    "report_progress",
    "take_census",
    "take_order",
]
