"""Backups that restore, proven by drills."""

from django.apps import AppConfig

from muniment.core.db.walls import declare_global
from muniment.core.health import declare_health

_TABLES = {
    "backup": ("select", "select, insert, update", "backups of the whole installation: times, sizes, states"),
    "backup_order": (
        "select, insert",
        "select, insert, update",
        "what is asked of the agent that makes backups: ids, times, states",
    ),
    "drill": ("select", "select, insert, update", "drills of the whole installation: times, counts, outcomes"),
    "census": ("select", "select, insert, delete", "how many rows each table has: names of tables and numbers"),
}


class ContinuityConfig(AppConfig):
    """Backups, drills, and what is asked of the agent that makes them."""

    name = "muniment.assurance.continuity"
    label = "continuity"

    def ready(self) -> None:
        """Declare the verbs, and the tables, which are about the installation and hold no client's data."""
        from muniment.assurance.continuity import (
            drill_health,
            health,
            permissions,  # noqa: F401 - importing declares them
        )

        declare_health("backups", "Backups", health.backups)
        declare_health("backups", "Drills", drill_health.drills)
        health.declare_numbers()
        drill_health.declare_numbers()
        for table, (rights, job_rights, why) in _TABLES.items():
            declare_global(table, rights=rights, job_rights=job_rights, why=why)
