"""Look at the age of keys, at rotations, and at destructions that failed."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from muniment.core.health import HealthLine
from muniment.trust.clients import queries as clients
from muniment.trust.custody import queries
from muniment.trust.vault import actions as vault


def key_backup() -> Iterator[HealthLine]:
    """Tell whether the keys could be recovered: the key backup, and the sheets that open it."""
    firm_id = clients.find_firm_id()
    if firm_id is None:
        return
    found = queries.standing(firm_id)
    if found.backup.trouble and found.sheets:
        yield HealthLine(
            "Key backup",
            "bad" if found.backup.trouble != "behind" else "notice",
            "The key backup is not there, or not as it should be. Without it no other backup opens on a new machine.",
            todo=f"Look whether {found.backup.place} can be reached and written to; it is then written by itself.",
        )
    for sentence in found.warnings:
        yield HealthLine("Recovery sheet", "notice", sentence)
    if not found.warnings:
        yield HealthLine("Key backup", "good", "The key backup is up to date, and the recovery sheet was tested.")


def keys() -> Iterator[HealthLine]:
    """Tell which keys have sealed for too long, and whether a rotation is stuck."""
    overdue = queries.warnings()
    for sentence in overdue:
        yield HealthLine("Overdue key", "notice", sentence)
    if not overdue:
        yield HealthLine("Age of keys", "good", _("No key has sealed for longer than it should."))
    for turning in vault.turnings(1):
        if turning.finished_at is None:
            todo = _("It was interrupted (%(why)s) and is tried again every minute; the worker's log says more.")
            yield HealthLine(
                "Rotation of keys",
                "bad" if turning.trouble else "good",
                _("%(what)s: %(n)s of %(total)s clients are done.")
                % {"what": turning.what, "n": turning.clients_done, "total": turning.clients_total},
                todo % {"why": turning.trouble} if turning.trouble else "",
            )
