"""Refusals about requests for access and reviews of it."""

from muniment.core.errors import PortalError


class NobodyToDecide(PortalError):
    """There is no second person."""

    code = "nobody-to-decide"
    status = 409
    sentence = (
        "Nobody but you could decide this, and nobody decides for themselves, so it cannot be given. Let the firm name "
        "a second administrator, who is then asked. Nothing was changed."
    )


class TooLong(PortalError):
    """An emergency that would last for days, or a time that is not offered."""

    code = "too-long"
    status = 422
    sentence = "That is longer than can be asked for; in an emergency a day is the most. Nothing was changed."


class NotDecidedByYou(PortalError):
    """It is about the person's own access."""

    code = "not-decided-by-you"
    status = 403
    sentence = "This is about your own access, so somebody else has to decide. Nothing was changed."


class HeldAlready(PortalError):
    """The person has just this access."""

    code = "access-held-already"
    status = 409
    sentence = "This access is there already. Nothing was changed."


class DecidedAlready(PortalError):
    """It was decided, taken back or over before."""

    code = "decided-already"
    status = 409
    sentence = "This was decided before, or is not asked for any more. Nothing was changed."


class ReviewOpen(PortalError):
    """One review at a time."""

    code = "review-open"
    status = 409
    sentence = "A review of this client is open; finish it first. Nothing was changed."


class NothingToReview(PortalError):
    """Nobody but who administers may get at anything here."""

    code = "nothing-to-review"
    status = 409
    sentence = "There is no access to review here. Nothing was changed."
