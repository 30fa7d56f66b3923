"""Check what the portal proves: a page, the same page as one file to keep, and the command."""

from functools import cache
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from muniment.trust.access.types import public, unlogged
from muniment_verify.one_file import one_file

_OFFLINE = Path(__file__).parents[1] / "static" / "app" / "verify" / "muniment-verify.html"


@login_not_required
@public("whoever holds a receipt may check it; the file stays in the browser")
@unlogged("the same page for everyone; what is checked stays in the browser")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the page that checks files in the reader's browser."""
    return render(request, "verify/page.html")


@login_not_required
@public("the same page to keep, for checking without the portal")
@unlogged("the same file for everyone")
@require_safe
def offline(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Hand out the page as one file that works from a disk, offline."""
    return _attachment(_OFFLINE.read_bytes(), "muniment-verify.html", "text/html; charset=utf-8")


@login_not_required
@public("the command to keep, for checking without the portal")
@unlogged("the same file for everyone")
@require_safe
def command(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Hand out `muniment-verify` as one file that Python runs."""
    return _attachment(_command(), "muniment-verify.pyz", "application/zip")


@cache
def _command() -> bytes:
    return one_file()


def _attachment(content: bytes, name: str, media_type: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=media_type, headers=headers)
