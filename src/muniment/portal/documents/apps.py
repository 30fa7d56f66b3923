"""Documents: found, opened, shared, kept."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Folders, documents, versions, uploads."""

    name = "muniment.portal.documents"
    label = "documents"

    def ready(self) -> None:
        """Declare what can be done with documents."""
        from muniment.portal.documents import permissions  # noqa: F401 - importing declares them
