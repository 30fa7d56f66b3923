"""Refusals of the log."""

from muniment.core.errors import PortalError


class LogUnwritable(PortalError):
    """The entry about an act cannot be written, so there is no act."""

    code = "log-unwritable"
    status = 503
    sentence = (
        "Everything done here is written into a log, and the log cannot be written right now. "
        "So nothing was done and nothing is shown. What was confirmed before is kept. Try again in a minute."
    )

    @property
    def headers(self) -> dict[str, str]:
        """Return when to come back."""
        return {"Retry-After": "30"}


class NothingSigned(PortalError):
    """No head of this log was signed yet: it is seconds old, or the worker does not run."""

    code = "nothing-signed"
    status = 503
    sentence = "The newest entries of this log are just being signed. Nothing is lost. Try again in a few seconds."

    @property
    def headers(self) -> dict[str, str]:
        """Return when to come back."""
        return {"Retry-After": "5"}
