"""Backups, what was asked of the agent, drills, and counts of rows."""

from muniment.assurance.continuity.models.backups import Backup
from muniment.assurance.continuity.models.census import Census
from muniment.assurance.continuity.models.drills import Drill
from muniment.assurance.continuity.models.orders import Order

__all__ = ["Backup", "Census", "Drill", "Order"]
