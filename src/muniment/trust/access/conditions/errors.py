"""Refusals of conditions, and of profiles that cannot be."""

from muniment.core.errors import PortalError
from muniment.trust.access.conditions.types import Reason


class ProfileInvalid(PortalError):
    """An access profile with a field that cannot be meant; `field` says which ("staff.terms.closes")."""

    code = "profile-invalid"
    status = 422

    def __init__(self, field: str, problem: str) -> None:
        """Keep which field it is, and say what is wrong with it."""
        super().__init__(field)
        self.field = field.rstrip(".")
        self.sentence = f"{problem} Nothing was changed."


class RuleInvalid(PortalError):
    """An extra rule that cannot be meant."""

    code = "rule-invalid"
    status = 422

    def __init__(self, problem: str) -> None:
        """Say what is wrong with it."""
        super().__init__(problem)
        self.sentence = f"{problem} Nothing was changed."


class NetworkInvalid(PortalError):
    """A named network that cannot be meant."""

    code = "network-invalid"
    status = 422

    def __init__(self, problem: str) -> None:
        """Say what is wrong with it."""
        super().__init__(problem)
        self.sentence = f"{problem} Nothing was changed."


class NetworkInUse(PortalError):
    """The end of a network that conditions of a client speak of: nobody would be in it any more."""

    code = "network-in-use"
    status = 409
    sentence = (
        "The conditions of a client speak of this network, so that nobody could meet them any more. Take it out of "
        "them first. Nothing was changed."
    )


class ShutsOut(PortalError):
    """A profile or rule that would shut out who sets it, or the last who could set it right."""

    code = "shuts-out"
    status = 409

    def __init__(self, why: str) -> None:
        """Say what would shut them out."""
        super().__init__()
        self.sentence = f"{why} Nothing was changed."


class ConditionsRefuse(PortalError):
    """Granted, but not open now: not at this time, from this place, or in this way."""

    code = "conditions"
    status = 403

    def __init__(self, reasons: tuple[Reason, ...]) -> None:
        """Keep every reason, and make the sentence of them."""
        super().__init__()
        self.reasons = reasons
        told = dict.fromkeys(f"{reason.sentence} {reason.remedy}".strip() for reason in reasons)
        self.sentence = " ".join(told) or "This is not open right now."


class ProfileMoved(PortalError):
    """Two people set the same profile at the same moment."""

    code = "profile-moved"
    status = 409
    sentence = "Somebody else changed these conditions meanwhile. Nothing was changed; look at them and try again."
