"""Why a start is refused, in sentences for operators."""


class StartRefused(Exception):
    """The portal cannot start, or not safely; the message says why and what to do."""


class DatabaseRefused(StartRefused):
    """The database cannot be started or used."""
