"""The shell of the pages."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Base templates, components, middleware, and the pages that mix apps."""

    name = "muniment.web"
    label = "web"
