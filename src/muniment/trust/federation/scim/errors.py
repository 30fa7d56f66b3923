"""Refusals of directories."""

from muniment.core.errors import PortalError


class TokenRefused(PortalError):
    """No token, or one that never was, has ended or is too old: never said which."""

    code = "token-refused"
    status = 401
    sentence = "This token does not open anything here. Make a new one on the page of the directory."


class TooManyRequests(PortalError):
    """A directory that asks faster than it may."""

    code = "too-many-requests"
    status = 429
    sentence = "Too many requests at once. Wait a minute and go on."

    @property
    def headers(self) -> dict[str, str]:
        """Return when to go on."""
        return {"Retry-After": "60"}


class NameTaken(PortalError):
    """A user name that the directory has given to somebody already."""

    code = "name-taken"
    status = 409
    sentence = "There is a user of this name in this directory already. Nothing was changed."


class OtherVersion(PortalError):
    """A change of something that changed meanwhile."""

    code = "other-version"
    status = 412
    sentence = "This changed meanwhile. Read it again first. Nothing was changed."


class DirectoryFull(PortalError):
    """More users and groups than a directory may bring."""

    code = "directory-full"
    status = 413
    sentence = "There are as many users and groups in this directory as there may be. Nothing was changed."


class RecordTooLarge(PortalError):
    """More said of one user or group than is kept."""

    code = "record-too-large"
    status = 413
    sentence = "More is said of this user or group than is kept. Send less of it. Nothing was changed."


class BeyondDirectory(PortalError):
    """Something that no directory may do: let people administer, or touch those who do."""

    code = "beyond-directory"
    status = 403
    sentence = (
        "A directory lets nobody administer, gives no more than the client's managers may, and touches nobody who "
        "administers the firm. Do this in the portal. Nothing was changed."
    )
