"""Backups and orders as they are shown."""

from muniment.assurance.continuity.types.backups import BackupFacts, Kind, Trouble
from muniment.assurance.continuity.types.census import CensusFacts
from muniment.assurance.continuity.types.drills import Check, CheckName, DrillFacts, Measured, Objectives, Outcome
from muniment.assurance.continuity.types.orders import OrderFacts, What

__all__ = [
    "BackupFacts",
    "CensusFacts",
    "Check",
    "CheckName",
    "DrillFacts",
    "Kind",
    "Measured",
    "Objectives",
    "OrderFacts",
    "Outcome",
    "Trouble",
    "What",
]
