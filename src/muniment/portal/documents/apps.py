"""Documents: found, opened, shared, kept."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Folders, documents, versions, uploads."""

    name = "muniment.portal.documents"
    label = "documents"

    def ready(self) -> None:
        """Declare what can be done with documents."""
        from muniment.portal.documents import destroying, permissions  # noqa: F401 - importing declares them
        from muniment.trust.custody.types import declare_destructible

        declare_destructible("document", destroying.blobs_of, destroying.mark)
