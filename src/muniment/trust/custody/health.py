"""Look at the age of keys, at rotations, and at destructions that failed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

from muniment.core import clock
from muniment.core.health import HealthLine, State
from muniment.trust.clients import queries as clients
from muniment.trust.custody import queries
from muniment.trust.vault import actions as vault

GRACE: Final = timedelta(days=7)  # in which a new portal may be without a recovery sheet


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
        state: State = "bad" if found.is_without_sheet and _is_overdue() else "notice"
        yield HealthLine("Recovery sheet", state, sentence, _how_to_make() if found.is_without_sheet else "")
    if not found.warnings:
        yield HealthLine("Key backup", "good", "The key backup is up to date, and the recovery sheet was tested.")


def _is_overdue() -> bool:
    """Tell whether a sheet should be there by now.

    Once keys from before there were locks have theirs, no copy of keys/ that the operator had made opens them: then it
    is overdue at once. A new portal has a week: whoever sets it up needs no alarm in the first hour, and a
    demonstration lives no longer. Documents do not end the week sooner, for a demonstration begins with them.
    """
    return vault.keys_locked_late_at() is not None or clock.now() - vault.keys_locked_since() > GRACE


def _how_to_make() -> str:
    todo = _("Make a recovery sheet (Backups, Recovery sheet, or `muniment keys sheet`) and have its holders test it.")
    late = vault.keys_locked_late_at()
    if late is None:
        return todo
    copies = _("Copies of keys/ from before %(day)s open nothing any more: they lack keys/locks.")
    return f"{todo} {copies % {'day': f'{late:%Y-%m-%d}'}}"


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
