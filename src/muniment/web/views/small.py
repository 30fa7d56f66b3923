"""Small addresses: the colours of the pages, where to report a weakness, what robots may read."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from muniment.core import clock, config
from muniment.trust.access.types import public, unlogged

YEAR_SECONDS = 365 * 24 * 3600
THEMES = ("light", "dark")


@login_not_required
@public("how the pages look, before and after signing in")
@unlogged("a cookie of the browser's own; the portal keeps nothing")
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the chosen colours in a cookie and go back; anything but light or dark follows the system."""
    wanted = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=True) and wanted.startswith("/")
    response = HttpResponseRedirect(wanted if safe else "/")
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie("theme", chosen, max_age=YEAR_SECONDS, secure=True, samesite="Lax")
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


@login_not_required
@public("where to report a weakness (RFC 9116)")
@unlogged("the same text for everyone")
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Say where to report a weakness.

    Source: RFC 9116. `Expires` is always ahead: the text is made anew for every reader.
    """
    settings = config.current()
    expires = (clock.now() + timedelta(days=180)).strftime("%Y-%m-%dT%H:%M:%SZ")
    lines = [
        f"Contact: {settings.security_contact}",
        f"Expires: {expires}",
        "Preferred-Languages: en",
        f"Canonical: {request.build_absolute_uri('/.well-known/security.txt')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@login_not_required
@public("tells robots to stay out")
@unlogged("the same text for everyone")
@require_safe
def robots_txt(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Ask robots to read nothing."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")
