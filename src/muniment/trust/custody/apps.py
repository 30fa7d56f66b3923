"""Keys in custody: turned when it is time, destroyed when two people want it, kept under a hold."""

from django.apps import AppConfig


class CustodyConfig(AppConfig):
    """Rotations, holds, destructions and their certificates."""

    name = "muniment.trust.custody"
    label = "custody"

    def ready(self) -> None:
        """Declare what can be done with keys."""
        from muniment.trust.custody import permissions  # noqa: F401 - importing declares them
