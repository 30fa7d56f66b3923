"""Refusals of identity. None of them tells whether an address has an account."""

from muniment.core.errors import PortalError


class TooManyTries(PortalError):
    """Too many failed tries from this source; the right answer is refused too, until the delay is over."""

    code = "too-many-tries"
    status = 429
    sentence = "Too many failed tries. Wait a while and try again; nobody else is locked out by this."


class LinkOver(PortalError):
    """A one-use link that was used, withdrawn, or is too old, or never was one."""

    code = "link-over"
    status = 404
    sentence = "This link does not work any more. Ask for a new one."


class AlreadySetUp(PortalError):
    """The portal has its firm already."""

    code = "already-set-up"
    status = 404
    sentence = "This portal is set up already."


class SignInFirst(PortalError):
    """The invited address has an account: only its owner may join with it."""

    code = "sign-in-first"
    status = 409
    sentence = "There is an account for this address. Sign in with it, then open the link again."


class OtherPerson(PortalError):
    """The invitation is for another address than the one signed in."""

    code = "other-person"
    status = 409
    sentence = "This invitation is for another address. Sign out, then open the link again."


class WrongSide(PortalError):
    """A role of the firm for a contact, or one of a client for the firm's staff."""

    code = "wrong-side"
    status = 422
    sentence = "This role is not for people of this side. Nothing was changed."


class WeakPassword(PortalError):
    """A password that is too short, known or easy to guess; `problems` says what in sentences."""

    code = "weak-password"
    status = 422
    sentence = "Choose another password: this one is too short, known from a breach, or easy to guess."

    def __init__(self, problems: tuple[str, ...] = ()) -> None:
        """Take what is wrong, in sentences that repeat nothing of the password."""
        super().__init__()
        self.problems = problems


class NotYourself(PortalError):
    """Ending one's own access."""

    code = "not-yourself"
    status = 409
    sentence = "You cannot end your own access. Ask another person who manages people here."


class FactorAlreadyThere(PortalError):
    """A second authenticator app beside the first."""

    code = "factor-already-there"
    status = 409
    sentence = "An authenticator app is set up already. Remove it first."


class AlreadyInvited(PortalError):
    """The person belongs to this client already."""

    code = "already-a-member"
    status = 409
    sentence = "This person belongs here already. Nothing was changed."


class PurposeUnsaid(PortalError):
    """Staff opening a client's space without saying why."""

    code = "purpose-unsaid"
    status = 403
    sentence = (
        "You are not assigned to this client, so say first why you open its space: open its page, and you are asked. "
        "Nothing was shown or changed."
    )
