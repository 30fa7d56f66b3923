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
