"""The start-up check that no page is open by forgetting."""

from collections.abc import Iterator
from typing import Any

from django.core import checks
from django.urls import URLPattern, URLResolver, get_resolver

from muniment.trust.access.types import PERMISSIONS


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Return every route with its whole pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, path)
        else:
            yield path, entry


def declared(app_configs: Any = None, **options: Any) -> list[checks.CheckMessage]:  # noqa: ARG001 - Django's signature
    """Return an error for every route that declares neither a known permission nor why it needs none."""
    found: list[checks.CheckMessage] = []
    for path, route in routes():
        view = route.callback
        verb = getattr(view, "permission", None)
        if verb is not None and verb not in PERMISSIONS:
            found.append(checks.Error(f"/{path} asks for {verb}, which no app declares", id="muniment.E002"))
        if verb is None and not getattr(view, "public", None) and not getattr(view, "personal", None):
            found.append(checks.Error(f"/{path} declares no permission", id="muniment.E001"))
        if verb is not None and "client_id" not in path:
            found.append(checks.Error(f"/{path} needs a permission but names no client", id="muniment.E003"))
    return found
