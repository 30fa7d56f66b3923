"""No card number comes in through an address or a form: not even as far as a page that shows the form again.

What the vault seals has none in any case; this is the net above it, for addresses, pages and their errors.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from django.http import HttpRequest, HttpResponseBase, QueryDict

from muniment.core.actor import Actor
from muniment.trust.audit import actions as audit
from muniment.trust.vault import queries as vault
from muniment.trust.vault.errors import CardNumberRefused
from muniment.web.views import errors

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class CardNumbers:
    """Refuses an address with a card number, and refuses or masks, by policy, what is typed into a form."""

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
        address = unquote_plus(request.get_full_path())
        try:
            if vault.without_card_numbers(address, typed=False) != address:
                raise CardNumberRefused  # whatever the policy: an address was sent already, and cannot be masked
            if request.method == "POST" and (request.content_type or "") in _FORMS:
                request.POST = _clean(request.POST)  # type: ignore[assignment] # Django's own setter
        except CardNumberRefused as refusal:
            actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware before
            audit.record_refusal(actor, getattr(view, "__name__", "page"), refusal)
            return errors.refused(request, refusal)
        return None


def _clean(posted: QueryDict) -> QueryDict:
    """Return a form without card numbers; passwords as they are, because they are kept as a hash alone."""
    clean = posted.copy()
    for name, values in posted.lists():
        if "password" not in name:
            clean.setlist(name, vault.without_card_numbers(values))
    return clean
