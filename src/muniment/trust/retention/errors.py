"""What can be wrong with a period."""

from muniment.core.errors import PortalError


class BelowMinimum(PortalError):
    """A period is shorter than the installation's minimum, or than a rule chosen for the client demands."""

    code = "below-minimum"
    status = 422
    sentence = (
        "The log has to be kept longer than that: by the rules chosen here, or by the minimum of this portal. "
        "Nothing was changed."
    )


class PartsOutOfOrder(PortalError):
    """Who did it would outlive what was done."""

    code = "parts-out-of-order"
    status = 422
    sentence = "What was done has to be kept at least as long as who did it. Nothing was changed."
