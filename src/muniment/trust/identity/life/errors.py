"""Refusals about how people come and go."""

from muniment.core.errors import PortalError


class SameAddress(PortalError):
    """The new address is the one there is."""

    code = "same-address"
    status = 422
    sentence = "This is the address you sign in with now. Nothing was changed."


class LastManager(PortalError):
    """The only person of a client who manages its people, leaving it."""

    code = "last-manager"
    status = 409
    sentence = (
        "You are the only one who manages the people here, so the client would be left without anybody who can. "
        "Make somebody else a manager first, or ask the firm. Nothing was changed."
    )


class ListRefused(PortalError):
    """A list of people of which at least one line cannot be done: then none is."""

    code = "list-refused"
    status = 422
    sentence = "Something is wrong with at least one line, so nobody was invited. Put it right and send the list again."


class AlreadyDisabled(PortalError):
    """Somebody who cannot sign in anyway, or somebody who can and is let back."""

    code = "no-change"
    status = 409
    sentence = "It is so already. Nothing was changed."


class LastForEmergencies(PortalError):
    """The last administrator for emergencies, while single sign-on is the only way in for people like them."""

    code = "last-for-emergencies"
    status = 409
    sentence = (
        "Single sign-on is the only way in, and nobody else would have a password when it is down. Name another "
        "administrator for emergencies first. Nothing was changed."
    )


class ErasedPerson(PortalError):
    """Somebody whose key was destroyed: there is nobody to let back."""

    code = "person-erased"
    status = 409
    sentence = "This person was erased, and cannot be let back. Invite them anew."
