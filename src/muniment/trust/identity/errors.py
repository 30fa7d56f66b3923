"""Refusals of identity. None of them tells whether an address has an account."""

from muniment.core.errors import PortalError


class TooManyTries(PortalError):
    """Too many failed tries from this source; the right answer is refused too, until the delay is over."""

    code = "too-many-tries"
    status = 429
    sentence = "Too many failed tries. Wait a while and try again; nobody else is locked out by this."


class ProofNeeded(PortalError):
    """After several failures: the browser is to do a short sum first, or whoever has no JavaScript waits a minute."""

    code = "proof-needed"
    status = 403
    sentence = (
        "There were several failed tries, so your browser does a short sum first: nothing was checked yet. Please send "
        "the form once more."
    )

    def __init__(self, seconds: int = 0) -> None:
        """Take how long somebody who waits instead still has to."""
        super().__init__()
        self.seconds = seconds


class ManySignIns(PortalError):
    """More people sign in at this moment than the machine can check."""

    code = "many-sign-ins"
    status = 503
    sentence = "Many people are signing in at this moment. Wait a few seconds, then try again. Nothing was counted."

    @property
    def headers(self) -> dict[str, str]:
        """Return after how many seconds to try again."""
        return {"Retry-After": "5"}


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


class SignsInElsewhere(PortalError):
    """A password for an address whose organisation alone says who its people are; the same for every such address."""

    code = "signs-in-elsewhere"
    status = 403
    sentence = (
        "People with an address of this organisation sign in through the organisation itself, so there is no password "
        "for them here. Choose “Sign in through your organisation” on the sign-in page."
    )


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


class LinkForStaff(PortalError):
    """A guest link to the address of somebody of the firm: what they may open is theirs by a grant, or by asking."""

    code = "link-for-staff"
    status = 422
    sentence = (
        "This address belongs to somebody of the firm. Links are for people from outside: share it with a colleague "
        "instead. Nothing was sent."
    )


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


class LastFactor(PortalError):
    """Taking away the only way to prove who one is, beside the password."""

    code = "last-factor"
    status = 409
    sentence = "This is the only one you have. Add another passkey or an authenticator app first. Nothing was changed."


class TooManyPasskeys(PortalError):
    """A twenty-first passkey or security key."""

    code = "too-many-passkeys"
    status = 409
    sentence = "You have twenty passkeys and security keys already. Remove one first. Nothing was changed."


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


class LookingOnly(PortalError):
    """Somebody of the firm who looks as a contact, and would change something."""

    code = "looking-only"
    status = 403
    sentence = (
        "You look at the portal as somebody else sees it, so nothing can be changed. Stop looking first: the way out "
        "is at the top of every page. Nothing was changed."
    )
