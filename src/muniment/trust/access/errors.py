"""Refusals of grants."""

from muniment.core.errors import PortalError
from muniment.trust.access.conditions.errors import (
    ConditionsRefuse,
    NetworkInUse,
    NetworkInvalid,
    ProfileInvalid,
    ProfileMoved,
    RuleInvalid,
    ShutsOut,
)

__all__ = [
    "ConditionsRefuse",
    "NetworkInUse",
    "NetworkInvalid",
    "ProfileInvalid",
    "ProfileMoved",
    "RuleInvalid",
    "ShutsOut",
]  # beside what stands below


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


class LinkEnded(PortalError):
    """A guest link that does not exist, has ended, or was used as often as it can be: the three are not told apart."""

    code = "link-ended"
    status = 410
    sentence = "This link has ended, was used as often as it can be, or never was. Ask whoever sent it for another."


class LinkTooLong(PortalError):
    """A guest link that would work for longer than any may."""

    code = "link-too-long"
    status = 422
    sentence = "A link can work for 92 days at most. Choose an earlier end. Nothing was sent."


class RoleFixed(PortalError):
    """A change of the one role that stays as it is."""

    code = "role-fixed"
    status = 409
    sentence = "This role stays as it is: somebody must always be able to administer. Copy it instead."


class RoleNameTaken(PortalError):
    """A second role of a name; those of retired roles stay taken."""

    code = "role-name-taken"
    status = 409
    sentence = "There is, or was, a role of this name: the log must not confuse the two. Choose another name."


class VerbNotForRole(PortalError):
    """A verb that does not exist, or that a role of this side cannot hold."""

    code = "verb-not-for-role"
    status = 422
    sentence = "A role of this kind cannot be allowed this. Nothing was changed."


class LastAdministrator(PortalError):
    """An act after which nobody would administer the firm."""

    code = "last-administrator"
    status = 409
    sentence = "After this nobody could administer the firm any more. Make somebody else an administrator first."


class FirmsGroup(PortalError):
    """A change, in a client, of a group that is the firm's."""

    code = "firms-group"
    status = 409
    sentence = "This group is the firm's: it is changed under Groups of the firm. Nothing was changed."


class NotForGroup(PortalError):
    """Somebody who cannot be in the group: they do not belong here, or are not of its side."""

    code = "not-for-group"
    status = 422
    sentence = "Only people who belong here can be in this group. Nothing was changed."


class HereByGroup(PortalError):
    """The end of a place that somebody has through a group of the firm."""

    code = "here-by-group"
    status = 409
    sentence = (
        "This person works here through a group of the firm. Take them out of the group, or end what was "
        "given to it here."
    )


class ContentNeedsRequest(PortalError):
    """A role with content for somebody who administers the firm, or the other way round."""

    code = "content-needs-request"
    status = 403
    sentence = (
        "Whoever administers the firm reads no client's content, and who reads it does not administer. For a limited "
        "time they can ask for it, and a second person decides. Nothing was changed."
    )


class ConfirmFirst(PortalError):
    """Something that matters, by somebody who has not shown for a while that it is still them."""

    code = "confirm-first"
    status = 403
    sentence = (
        "This needs a fresh confirmation that it is you. Open its page again: there you are asked for your passkey or "
        "a code. Nothing was changed."
    )
