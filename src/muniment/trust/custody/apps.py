"""Keys in custody: turned when it is time, destroyed when two people want it, kept under a hold."""

from django.apps import AppConfig

from muniment.core.health import declare_health


class CustodyConfig(AppConfig):
    """Rotations, holds, destructions and their certificates."""

    name = "muniment.trust.custody"
    label = "custody"

    def ready(self) -> None:
        """Declare what can be done with keys, and that their age is looked at."""
        from muniment.trust.custody import (
            health,
            permissions,  # noqa: F401 - importing declares them
        )

        declare_health("keys", "Age of keys", health.keys)
