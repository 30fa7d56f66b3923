"""An answer to what earns a receipt brings a signed promise of it: who keeps it can prove a withheld entry."""

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponseBase

from muniment.core.db.lending import give_back
from muniment.core.errors import NotFound
from muniment.trust.audit import actions as audit
from muniment.trust.audit import queries as log
from muniment.trust.vault.errors import KeyServiceDown

HEADER = "Muniment-Promise"
MOST = 20  # in one answer: headers have an end
REFUSED = 400

logger = structlog.get_logger("muniment.promises")


class Promises:
    """Adds `Muniment-Promise`: base64 of a promise, several with commas between, as HTTP has lists."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and promise what was earned."""
        with audit.earning() as earned:
            response = self.get_response(request)
        if not earned or response.status_code >= REFUSED:
            return response
        promises = []
        for actor, entry_id in earned[:MOST]:
            try:
                promises.append(log.promise_header(actor, entry_id))
            except NotFound:  # what wrote it was undone
                continue
            except KeyServiceDown:  # the act is done and written all the same; its receipt comes
                logger.warning("promise.not_signed")
                break
        if promises:
            response.headers[HEADER] = ", ".join(promises)
        if response.streaming:
            give_back()  # the bytes take their time
        return response
