"""Refusals about what leaves the log."""

from muniment.core.errors import PortalError


class TooLongForPaper(PortalError):
    """More entries are wanted than are put on paper."""

    code = "too-long-for-paper"
    status = 422
    sentence = (
        "A PDF holds at most 5,000 entries, and these are more. Choose fewer days or one person, or take the CSV or "
        "the JSON file, which hold any number."
    )


class ReceiptNotReady(PortalError):
    """No signed head of the log covers the entry yet."""

    code = "receipt-not-ready"
    status = 409
    sentence = (
        "This entry is written, but its receipt is not ready yet. It is there within ten minutes, mostly within "
        "seconds. Nothing was lost: try again in a moment."
    )


class NoMail(PortalError):
    """Whoever asks for a mail has no address here."""

    code = "no-mail"
    status = 422
    sentence = "There is no mail address to send this to. Download it instead."


class NothingToTell(PortalError):
    """There is no letter to write: nobody wants it, it was written, or it would be empty."""

    code = "nothing-to-tell"
    status = 409
    sentence = "There is no such letter to write now."
