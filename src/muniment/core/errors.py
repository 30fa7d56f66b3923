"""Refusals: what a caller did that cannot be done, said so that people understand it."""


class PortalError(Exception):
    """A refusal the caller can act on; anything else that is raised is a bug.

    `code` is stable and public, `status` the HTTP status, `sentence` is shown to people: what
    happened, what was kept, what to do. Content and personal data never enter any of them.
    """

    code = "refused"
    status = 400
    sentence = "This cannot be done."

    @property
    def headers(self) -> dict[str, str]:
        """Return HTTP headers that belong to the refusal, e.g. the right upload offset."""
        return {}


class NotFound(PortalError):
    """There is no such thing, or the actor may not know of it: the two are never told apart."""

    code = "not-found"
    status = 404
    sentence = "There is nothing here, or it is not shared with you."


class Invalid(PortalError):
    """The request has a shape the portal does not accept."""

    code = "invalid"
    status = 422
    sentence = "Something in this request is missing or not as it should be. Nothing was changed."
