"""Refusals on the way back in."""

from muniment.core.errors import PortalError


class NothingToDecide(PortalError):
    """Nobody waits for this any more."""

    code = "nothing-to-decide"
    status = 409
    sentence = "This was decided already, was stopped, or is too old. Nothing was changed."


class NotYet(PortalError):
    """The waiting time is not over."""

    code = "not-yet"
    status = 409
    sentence = "The waiting time is not over yet. Nothing was changed."
