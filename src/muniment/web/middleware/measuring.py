"""How many requests come, how they end, and how long they take: numbers alone, of nobody."""

import time
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponseBase

from muniment.core import metrics

METHODS: Final = ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "other")
STATUSES: Final = ("1xx", "2xx", "3xx", "4xx", "5xx")
TROUBLES: Final = (
    "unavailable",
    "key-service-down",
    "log-unwritable",
    "store-down",
    "store-full",
    "seal",
    "bug",
    "other",
)


def declare() -> None:
    """Declare what is counted here."""
    metrics.declare_metric(
        "muniment_requests_total",
        "counter",
        "Requests, by method and by how they ended.",
        labels={"method": METHODS, "status": STATUSES},
    )
    metrics.declare_metric("muniment_request_seconds", "histogram", "Seconds until an answer began.")
    metrics.declare_metric(
        "muniment_troubles_total",
        "counter",
        "Requests that the portal could not serve, by reason: a seal that does not open, a key service that is down.",
        labels={"reason": TROUBLES},
    )


class Measured:
    """Counts each request and times it; the outermost of all, so that everything is in it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and count."""
        began = time.monotonic()
        response = self.get_response(request)
        took = time.monotonic() - began
        method = request.method if request.method in METHODS else "other"
        metrics.count("muniment_requests_total", method=method or "other", status=f"{response.status_code // 100}xx")
        metrics.observe("muniment_request_seconds", took)
        if response.status_code >= 500:  # noqa: PLR2004 (HTTP's own)
            reason = str(getattr(response, "trouble", "") or getattr(response, "rule", "") or "other")
            metrics.count("muniment_troubles_total", reason=reason if reason in TROUBLES else "other")
        return response
