"""Refusals about tickets."""

from muniment.core.errors import PortalError


class TicketMoved(PortalError):
    """A change of a ticket that somebody else changed since it was read."""

    code = "ticket-moved"
    status = 409
    sentence = (
        "Somebody changed this meanwhile. Look at how it is now: what you wrote is kept, and can be sent again. "
        "Nothing was changed."
    )


class MoveRefused(PortalError):
    """A state that cannot follow the one a ticket is in, for who asks."""

    code = "ticket-move-refused"
    status = 409
    sentence = "This cannot be done with it as it is now. Nothing was changed."


class WordMissing(PortalError):
    """A move without the word that goes with it."""

    code = "ticket-word-missing"
    status = 422
    sentence = "Say why, in a few words: the other side reads it. Nothing was changed."


class NotForWork(PortalError):
    """Somebody who cannot take a ticket: they do not work for this client, or may not."""

    code = "not-for-work"
    status = 422
    sentence = "Only people of the firm who work on requests of this client can take it. Nothing was changed."


class KindUnknown(PortalError):
    """A kind of ticket that is not there, or is not used any more."""

    code = "ticket-kind-unknown"
    status = 422
    sentence = "This kind is not offered any more. Choose another one. Nothing was sent."


class KindMoved(PortalError):
    """A change of a kind that somebody else changed since it was read, or that has the name of another one."""

    code = "ticket-kind-moved"
    status = 409
    sentence = "Somebody changed this kind meanwhile, or there is one of this name. Look again. Nothing was changed."


class TurnedAlready(PortalError):
    """A second checklist or task out of one ticket."""

    code = "ticket-turned-already"
    status = 409
    sentence = "This was turned into a checklist or a task before. Nothing was changed."
