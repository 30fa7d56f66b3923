"""Who may."""

from django.apps import AppConfig

from muniment.core.db.walls import declare_global
from muniment.core.health import declare_health


class AccessConfig(AppConfig):
    """Roles, grants and the one way to hold a row: to be allowed to."""

    name = "muniment.trust.access"
    label = "access"

    def ready(self) -> None:
        """Declare the tables of roles, which are the same for every client, and the verbs of trust itself."""
        from muniment.trust.access import permissions  # noqa: F401 - importing declares them
        from muniment.trust.access.conditions import health

        declare_health("access", "Conditions", health.conditions_evaluate)
        declare_global(
            "role",
            why="names of roles, the same for every client; its policy lets only the firm change them",
            rights="select, insert, update",
        )
        declare_global(
            "named_network",
            why="ranges of addresses that every request is compared with; its policy lets only the firm name them",
            rights="select, insert, update",
        )
        declare_global(
            "role_action",
            why="what each role may do, the same for every client; its policy lets only the firm change it",
            rights="select, insert, update",
        )
