"""Access that is asked for, and access that is looked at again."""

from django.apps import AppConfig

from muniment.core.health import declare_health


class OversightConfig(AppConfig):
    """Requests that a second person decides, and reviews in which each grant is confirmed or removed."""

    name = "muniment.trust.oversight"
    label = "oversight"

    def ready(self) -> None:
        """Declare who decides, and that overdue reviews are looked at."""
        from muniment.trust.oversight import (
            health,
            permissions,  # noqa: F401 - importing declares them
        )

        declare_health("access", "Reviews of access", health.reviews)
