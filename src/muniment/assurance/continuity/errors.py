"""Refusals about backups, drills and restorations."""

from muniment.core.errors import PortalError


class AskedAlready(PortalError):
    """The same is asked for, or being done."""

    code = "backup-asked-already"
    status = 409
    sentence = "This is under way already. Nothing was changed; the page shows how far it is."


class NoBackups(PortalError):
    """Backups are switched off, or their program is not installed."""

    code = "no-backups"
    status = 409
    sentence = "There are no backups to do this with. The page of backups says what is missing."


class NotRunning(PortalError):
    """What should be ended or moved on has ended before."""

    code = "backup-not-running"
    status = 409
    sentence = "This has ended before. Nothing was changed."
