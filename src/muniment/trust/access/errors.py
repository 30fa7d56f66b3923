"""Refusals of grants."""

from muniment.core.errors import PortalError


class PurposeMissing(PortalError):
    """A grant without a reason."""

    code = "purpose-missing"
    status = 422
    sentence = "Say why this person needs access: the reason is shown to the client. Nothing was changed."


class EndsInThePast(PortalError):
    """A grant that would be over before it begins."""

    code = "ends-in-the-past"
    status = 422
    sentence = "The end must be later than now. Nothing was changed."


class ReasonMissing(PortalError):
    """An act that needs two people, without a reason."""

    code = "reason-missing"
    status = 422
    sentence = "Say why: the reason stays with the decision. Nothing was changed."


class AskedAlready(PortalError):
    """The same act on the same thing is waiting for a second person, or approved and not done yet."""

    code = "asked-already"
    status = 409
    sentence = "Somebody has asked for this already, and it is not decided or done yet. Nothing was changed."


class SecondPersonNeeded(PortalError):
    """Who asked cannot be the one who decides."""

    code = "second-person-needed"
    status = 403
    sentence = "Somebody else has to decide: two people are needed for this. Nothing was changed."


class NotApproved(PortalError):
    """Nobody (or nobody else) has approved this, or it was declined, taken back or done before."""

    code = "not-approved"
    status = 409
    sentence = "This is not approved, or not any more. Nothing was changed."


class TooEarly(PortalError):
    """The waiting time is not over."""

    code = "too-early"
    status = 409
    sentence = "This is approved, but its waiting time is not over. Nothing was changed."


class UnknownRole(PortalError):
    """A role that does not exist on this side."""

    code = "unknown-role"
    status = 422
    sentence = "There is no such role here. Nothing was changed."


class MoreThanYouHave(PortalError):
    """A grant of something the giver may not do."""

    code = "more-than-you-have"
    status = 403
    sentence = "You can only give what you may do yourself. Nothing was changed."
