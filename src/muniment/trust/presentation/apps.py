"""How the portal presents itself: the firm's colour, logo, texts and sender, and the terms that people accept."""

from django.apps import AppConfig

from muniment.core.db.walls import declare_global


class PresentationConfig(AppConfig):
    """The firm's look, its words, its terms."""

    name = "muniment.trust.presentation"
    label = "presentation"

    def ready(self) -> None:
        """Declare who may set it, and the one table that holds no client's rows."""
        from muniment.trust.presentation import permissions  # noqa: F401 - importing declares them

        declare_global(
            "terms_acceptance",
            why="who accepted which version of the terms: ids and times; a person may belong to many clients, or none",
            rights="select, insert",
        )
