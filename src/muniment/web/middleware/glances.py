"""A request that only looks decides once who it is and what they may, and not anew for each part of its page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from muniment.core import unit


class Glances:
    """Keeps what was decided until the answer is there. What changes something decides for itself, each time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        if request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        with unit.glancing():
            return self.get_response(request)
