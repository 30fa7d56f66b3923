"""Refusals about keys, holds and destruction."""

from muniment.core.errors import PortalError


class UnderHold(PortalError):
    """A hold forbids to destroy it."""

    code = "under-hold"
    status = 409
    sentence = "A hold is on this, so it must be kept. Nothing was destroyed."


class HeldAlready(PortalError):
    """There is a hold on it already."""

    code = "held-already"
    status = 409
    sentence = "There is a hold on this already. Nothing was changed."


class NotDestructible(PortalError):
    """There is no such thing, or its key is never destroyed, or gone."""

    code = "not-destructible"
    status = 422
    sentence = "There is nothing with this reference whose key could be destroyed. Nothing was changed."


class NotProved(PortalError):
    """The certificate is not there yet."""

    code = "not-proved"
    status = 409
    sentence = "There is no certificate yet: it is made once the destruction has been carried out and proved."
