"""Other ways to confirm than a passkey or a code: what other apps offer to some people, such as their provider."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True)
class Way:
    """A way to confirm: the words of its button, and the page that begins it.

    That page is given `next`, to come back to. Whatever proved the person afterwards leaves a record of the sign-in
    with `strong=True`.
    """

    label: str
    url: str


Offer = Callable[[HttpRequest], Way | None]
_OFFERS: list[Offer] = []


def declare_way(offer: Offer) -> None:
    """Offer a way to confirm to whom it is for; called once, when an app is ready."""
    _OFFERS.append(offer)


def ways(request: HttpRequest) -> list[Way]:
    """Return the other ways of whoever is signed in."""
    return [way for offer in _OFFERS if (way := offer(request)) is not None]
