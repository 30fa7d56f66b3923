"""Refusals about notices."""

from muniment.core.errors import PortalError


class StopLinkOver(PortalError):
    """The link of a mail by which notices are stopped is not known, or too old."""

    code = "stop-link-over"
    status = 404
    sentence = "This link is too old. Sign in and choose under My account which notices come by mail."
