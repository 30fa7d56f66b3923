"""The ground as a Django app: its migrations lay the functions that every row policy uses."""

from django.apps import AppConfig
from django.core import checks

from muniment.core.db.walls import declare_global
from muniment.core.health import declare_health


class CoreConfig(AppConfig):
    """Declares the tables of the framework that hold no client's rows."""

    name = "muniment.core"
    label = "core"

    def ready(self) -> None:
        """Put the ground's own tables on the reviewed list, and refuse to start with a field that nobody classed."""
        from muniment.core import machine
        from muniment.core.data_map import reading

        checks.register(reading.check, "muniment")
        declare_health("work", "Worker", machine.work)
        declare_health("machine", "Walls between clients", machine.walls)
        declare_health("machine", "Disk", machine.disk)
        declare_global("django_migrations", why="which migrations ran; no client's data", rights="select")
        declare_global("django_content_type", why="names of tables; required by django.contrib.auth", rights="select")
        declare_global("auth_permission", why="required by django.contrib.auth, unused: no rights", rights="select")
        declare_global("auth_group", why="required by django.contrib.auth, unused: no rights")
        declare_global("auth_group_permissions", why="required by django.contrib.auth, unused: no rights")
        declare_global(
            "cache_entry",
            why="counters and short-lived values under keyed hashes; no client's data",
            rights="select, insert, update, delete",
        )
        for table in (
            "procrastinate_jobs",
            "procrastinate_events",
            "procrastinate_periodic_defers",
            "procrastinate_workers",
        ):
            declare_global(
                table,
                why="background work; arguments are ids only, and the web role cannot read them",
                job_rights="select, insert, update, delete",
            )
