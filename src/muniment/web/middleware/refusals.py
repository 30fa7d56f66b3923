"""Turn refusals into pages, or into problem details where a program asks."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from muniment.core.errors import PortalError
from muniment.web.views import errors


class Refusals:
    """Answers what a view refused or could not do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on; what a view raises comes to `process_exception`."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Answer a refusal, and an outage of what the portal stands on; anything else is a bug."""
        if isinstance(exception, PortalError):
            return errors.refused(request, exception)
        return errors.outage(request, exception)
