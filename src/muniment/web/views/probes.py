"""What machines ask: whether this process lives, whether it can serve, and the numbers for whoever watches."""

import hmac
import threading
import time
from collections import deque
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from muniment.assurance.monitoring import queries as monitoring
from muniment.core import config, metrics
from muniment.core.errors import NotFound, PortalError
from muniment.trust.access.types import public, unlogged

MINUTE_SECONDS: Final = 60.0
A_MINUTE: Final = 60  # of one process


class TooOften(PortalError):
    """The numbers are asked for more often than anybody needs them."""

    code = "too-often"
    status = 429
    sentence = "The numbers were asked for too often. Ask again in a minute."

    @property
    def headers(self) -> dict[str, str]:
        """Return when to come back."""
        return {"Retry-After": "60"}


class TokenWrong(PortalError):
    """The token that opens the numbers is missing or another one."""

    code = "token-wrong"
    status = 401
    sentence = "This needs the token from the file that MUNIMENT_METRICS_TOKEN names."

    @property
    def headers(self) -> dict[str, str]:
        """Return how to bring it (RFC 6750)."""
        return {"WWW-Authenticate": "Bearer"}


class _Turns:
    """So many a minute; needs no database, for the numbers are wanted above all while that is away."""

    def __init__(self) -> None:
        self._taken: deque[float] = deque()
        self._lock = threading.Lock()

    def take(self) -> None:
        """Count one.

        Raises:
            TooOften: there were too many within the last minute.
        """
        with self._lock:
            now = time.monotonic()
            while self._taken and self._taken[0] < now - MINUTE_SECONDS:
                self._taken.popleft()
            if len(self._taken) >= A_MINUTE:
                raise TooOften
            self._taken.append(now)


_right, _wrong = _Turns(), _Turns()  # apart: who guesses must not keep out who knows


@login_not_required
@public("a word for whoever balances the load or starts what died")
@unlogged("the same word for everyone")
@require_safe
def live(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Say that this process answers."""
    return HttpResponse("live\n", content_type="text/plain; charset=utf-8")


@login_not_required
@public("a word for whoever balances the load")
@unlogged("one of two words, the same for everyone")
@require_safe
def ready(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the same
    """Say whether this process can serve pages: 503 while the database is away."""
    is_ready = monitoring.is_ready()
    return HttpResponse(
        "ready\n" if is_ready else "no\n", status=200 if is_ready else 503, content_type="text/plain; charset=utf-8"
    )


@login_not_required
@public("the numbers of the portal, for a machine that brings the token of the settings", by_token=True)
@unlogged("numbers about the portal, of no client; a machine reads them several times a minute")
@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """Return all numbers in Prometheus's format.

    Raises:
        NotFound: no token is set, so there is no such page.
        TokenWrong: the request brings another one, or none.
        TooOften: a minute has passed too slowly.
    """
    expected = _token()
    if expected is None:
        raise NotFound
    kind, _space, given = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), expected):
        _wrong.take()
        raise TokenWrong
    _right.take()
    return HttpResponse(metrics.text(), content_type=metrics.CONTENT_TYPE)


def _token() -> bytes | None:
    """Return the token, read anew so that it can be changed; None where there is none that can be read."""
    path = config.current().metrics_token
    try:
        return (path.read_bytes().strip() or None) if path is not None else None
    except OSError:
        return None
