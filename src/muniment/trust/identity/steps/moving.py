"""A running session that turns up in another country, or in another browser, has to prove again who it is.

Addresses change on a train, and nothing is bound to them: only the country counts, and what the browser calls itself.
"""

from typing import Final

from django.http import HttpRequest

from muniment.core import clock
from muniment.trust.identity import countries, origin

_HERE: Final = "here"  # where the session keeps from which country and browser it was last proved
_ASKED: Final = "asked at"


def settle(request: HttpRequest) -> None:
    """Take the place and the browser of a request for those of the session."""
    request.session[_HERE] = _place(request)
    request.session.pop(_ASKED, None)


def has_moved(request: HttpRequest, proved_at: float) -> bool:
    """Return whether a session is elsewhere and was not proved there since it was asked for (`proved_at`: seconds)."""
    here, kept = _place(request), request.session.get(_HERE)
    if not isinstance(kept, list) or kept == here:
        if _ASKED in request.session:
            del request.session[_ASKED]  # it came back
        return False
    asked = request.session.get(_ASKED)
    if isinstance(asked, list) and asked[0] == here and proved_at > asked[1]:
        settle(request)
        return False
    if not isinstance(asked, list) or asked[0] != here:
        request.session[_ASKED] = [here, clock.now().timestamp()]
    return True


def _place(request: HttpRequest) -> list[str]:
    return [countries.country(origin.ip(request)), origin.device(request)]
