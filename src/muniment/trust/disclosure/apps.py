"""What is handed out about a log: its lines as files, its receipts."""

from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    """Exports and receipts: everything that leaves the log for somebody who is to check it elsewhere."""

    name = "muniment.trust.disclosure"
    label = "disclosure"

    def ready(self) -> None:
        """Declare who may choose what is sent."""
        from muniment.trust.disclosure import permissions  # noqa: F401 - importing declares them
