"""Machines' questions are answered before anything that needs the database: they matter most while that is away."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from muniment.core.errors import PortalError
from muniment.web.views import probes

ANSWERED: Final[Mapping[str, Callable[[HttpRequest], HttpResponse]]] = {
    "/healthz/live": probes.live,
    "/healthz/ready": probes.ready,
    "/metrics": probes.numbers,
}


class Probes:
    """Answers who may ask. Whoever is refused goes the way of every visitor, into the log too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or go on."""
        view = ANSWERED.get(request.path)
        if view is not None and request.method in {"GET", "HEAD"}:
            with suppress(PortalError):  # which it raises again at the end of the chain
                return view(request)
        return self.get_response(request)
