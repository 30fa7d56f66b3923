"""How long the log says who did what, for each client; what is over it is dropped every night."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    """Periods, their legal minimum, and the nightly dropping."""

    name = "muniment.trust.retention"
    label = "retention"

    def ready(self) -> None:
        """Declare who may set the periods."""
        from muniment.trust.retention import permissions  # noqa: F401 - importing declares them
