"""No card number comes in through an address or a form: not even as far as a page that shows the form again.

What the vault seals has none in any case; this is the net above it, for addresses, pages and their errors.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote_plus

from django.http import HttpRequest, HttpResponseBase

from muniment.core import config
from muniment.core.actor import Actor
from muniment.trust.audit import actions as audit
from muniment.trust.vault import queries as vault
from muniment.trust.vault.errors import CardNumberRefused
from muniment.web.views import errors

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class CardNumbers:
    """Refuses an address with a card number always, and a form with one where the policy is to refuse."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on; who acts is known in `process_view`."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Refuse, in the log of whom it concerns, and in words that do not repeat the number."""
        if not any(vault.holds_card_number(text) for text in _texts(request)):
            return None
        actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware before
        refusal = CardNumberRefused()
        audit.record_refusal(actor, getattr(view, "__name__", "page"), refusal)
        return errors.refused(request, refusal)


def _texts(request: HttpRequest) -> Iterator[str]:
    yield unquote_plus(request.get_full_path())
    if request.method != "POST" or (request.content_type or "") not in _FORMS:
        return
    if config.current().card_numbers == "refuse":
        for name, values in request.POST.lists():
            if "password" not in name:  # kept as a hash alone, and never shown again
                yield from map(str, values)
