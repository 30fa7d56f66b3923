"""What is known of backups, and of what was asked of the agent."""

from muniment.assurance.continuity.queries.backups import (
    all_backups,
    backups,
    first_backup_at,
    is_running,
    last_backup,
    last_tried,
    running_backup,
)
from muniment.assurance.continuity.queries.census import newest_census
from muniment.assurance.continuity.queries.counting import row_counts
from muniment.assurance.continuity.queries.drills import drill_note, drills, last_drill, objectives
from muniment.assurance.continuity.queries.orders import find_order, last_order, open_orders, orders
from muniment.assurance.continuity.queries.versions import applied, migrations_digest, this_version

__all__ = [
    "all_backups",
    "applied",
    "backups",
    "drill_note",
    "drills",
    "find_order",
    "first_backup_at",
    "is_running",
    "last_backup",
    "last_drill",
    "last_order",
    "last_tried",
    "migrations_digest",
    "newest_census",
    "objectives",
    "open_orders",
    "orders",
    "row_counts",
    "running_backup",
    "this_version",
]
