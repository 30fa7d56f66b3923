"""Refusals about threads, messages and notes."""

from muniment.core.errors import PortalError


class Empty(PortalError):
    """A message or note that says nothing and brings nothing."""

    code = "empty"
    status = 422
    sentence = "There is nothing in it. Write something, or attach a document."


class TooLong(PortalError):
    """More text than one message takes."""

    code = "too-long"
    status = 422
    sentence = "This is too long for one message. Send it in two, or as a document. Nothing was sent."


class NotYours(PortalError):
    """A message that somebody else wrote: only they change it."""

    code = "not-yours"
    status = 403
    sentence = "Only who wrote it can change it. Nothing was changed."


class Removed(PortalError):
    """A message that was removed."""

    code = "removed"
    status = 409
    sentence = "This was removed meanwhile. Nothing was changed."


class Moved(PortalError):
    """Something that somebody else, or the same person elsewhere, has changed since it was read."""

    code = "moved"
    status = 409
    sentence = "It was changed meanwhile. What you wrote is kept: look at both, and decide. Nothing was changed."


class SolvedAlready(PortalError):
    """A thread that is solved, or open, already."""

    code = "already-so"
    status = 409
    sentence = "It is so already. Nothing was changed."


class CannotRead(PortalError):
    """Somebody who may not read the thread, and so can be neither mentioned nor assigned."""

    code = "cannot-read"
    status = 409
    sentence = "Somebody you chose may not read this conversation. Choose others. Nothing was sent."


class TooManyAttached(PortalError):
    """More documents than one message takes."""

    code = "too-many-attached"
    status = 422
    sentence = "One message takes twenty documents. Send the others in another one. Nothing was sent."
