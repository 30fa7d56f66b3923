"""Sign-ins are let in as fast as passwords can be checked; who comes when too many wait costs next to nothing."""

import threading
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponseBase

from muniment.trust.identity import queries as identity
from muniment.trust.identity.errors import ManySignIns
from muniment.web.views import errors

GUARDED: Final = frozenset({"/sign-in/", "/account/password/reset/"})  # where anybody may have a password hashed


class SignInsInTurn:
    """Refuses a sign-in before it has cost a look at the database, while as many are in hand as may wait for a hash."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response
        self._room = threading.BoundedSemaphore(identity.SIGN_INS_IN_HAND)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on, when there is room."""
        if request.method != "POST" or request.path not in GUARDED:
            return self.get_response(request)
        if not self._room.acquire(blocking=False):
            return errors.refused(request, ManySignIns())
        try:
            return self.get_response(request)
        finally:
            self._room.release()
