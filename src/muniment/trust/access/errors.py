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
