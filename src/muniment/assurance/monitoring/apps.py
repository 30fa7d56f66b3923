"""Alarms: what is looked at all the time, and who is told when something does not work."""

from django.apps import AppConfig

from muniment.core.db.walls import declare_global
from muniment.core.health import declare_health


class MonitoringConfig(AppConfig):
    """The states of alarms, and what must answer."""

    name = "muniment.assurance.monitoring"
    label = "monitoring"

    def ready(self) -> None:
        """Declare the table, the looks and the numbers."""
        from muniment.assurance.monitoring import looks, numbers, parts, updates

        declare_global(
            "alarm",
            rights="select",
            job_rights="select, insert, update, delete",
            why="alarms of the whole installation: what, since when, until when; no client's data",
        )
        declare_health("machine", looks.DATABASE, looks.database, needs_database=False)
        declare_health("machine", "Parts", parts.parts, needs_database=False)
        declare_health("machine", "Pages", looks.pages, needs_database=False)
        declare_health("machine", "Certificate", looks.certificate, needs_database=False)
        declare_health("mail", "Mail server", looks.mail_server, needs_database=False)
        declare_health("machine", updates.NAME, updates.updates, needs_database=False)
        numbers.declare()
