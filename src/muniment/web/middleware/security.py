"""Security headers on every answer: pages, parts, errors and static files alike."""

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from muniment.core import config

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "worker-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types default"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), "
        "microphone=(), midi=(), payment=(), publickey-credentials-get=(self), usb=(), xr-spatial-tracking=()"
    ),
    "X-Permitted-Cross-Domain-Policies": "none",
    "Server": "portal",  # or the web server would tell its name
}
TWO_YEARS_SECONDS = 63_072_000


class SecurityHeaders:
    """Gives the request an id, and the answer its headers; a view may only make them stricter."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response
        self.hsts = f"max-age={TWO_YEARS_SECONDS}; includeSubDomains"
        if config.current().hsts_preload:
            self.hsts += "; preload"

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with every header set."""
        request.request_id = secrets.token_urlsafe(12)  # type: ignore[attr-defined] # what logs and entries refer to
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["Strict-Transport-Security"] = self.hsts
        response.headers["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        response.headers.setdefault("Cache-Control", "no-store")  # static files say their own
        return response
