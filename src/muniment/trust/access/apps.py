"""Who may."""

from django.apps import AppConfig

from muniment.core.db.walls import declare_global


class AccessConfig(AppConfig):
    """Roles, grants and the one way to hold a row: to be allowed to."""

    name = "muniment.trust.access"
    label = "access"

    def ready(self) -> None:
        """Declare the tables of roles, which are the same for every client, and the verbs of trust itself."""
        from muniment.trust.access import permissions  # noqa: F401 - importing declares them

        declare_global("role", why="names of roles, the same for every client", rights="select")
        declare_global("role_action", why="what each role may do, the same for every client", rights="select")
