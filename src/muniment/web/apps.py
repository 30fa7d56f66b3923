"""The shell of the pages."""

from django.apps import AppConfig
from django.core import checks


class WebConfig(AppConfig):
    """Base templates, components, middleware, and the pages that mix apps."""

    name = "muniment.web"
    label = "web"

    def ready(self) -> None:
        """Refuse to start with a page that nobody declared."""
        from muniment.web.checks import declared

        checks.register(declared, "muniment")
