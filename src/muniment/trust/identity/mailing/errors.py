"""Refusals about mails on their way."""

from muniment.core.errors import PortalError


class NotAReport(PortalError):
    """This is no delivery report (RFC 3464), or none about a mail of this portal."""

    code = "not-a-report"
    status = 422
    sentence = "This is no report about a mail that this portal sent. Nothing was changed."


class NothingFailed(PortalError):
    """A delivery report says that a mail waits or arrived: nothing failed for good."""

    code = "nothing-failed"
    status = 409
    sentence = "This report says of no mail that it failed for good. Nothing was changed."


class LetterGone(PortalError):
    """The mail was sent or dropped meanwhile."""

    code = "letter-gone"
    status = 409
    sentence = "This mail was sent or dropped meanwhile. Nothing was changed."
