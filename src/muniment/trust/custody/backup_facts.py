"""How the key backup and its sheets stand."""

from datetime import datetime, timedelta
from uuid import UUID

from muniment.core import clock, config
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.unit import bound, query
from muniment.trust.access import queries as access
from muniment.trust.custody.models import RecoverySheet
from muniment.trust.custody.types import KeyBackupFacts, Recovery, SheetFacts
from muniment.trust.vault.errors import KeyBackupDamaged, VaultError
from muniment.trust.vault.recovery import backup

TEST_DAYS = 365  # after which a sheet that nobody tested may be lost without anybody knowing


@query
def recovery(actor: Actor) -> Recovery:
    """Return how the key backup and its sheets stand.

    Raises:
        NotFound: `actor` may not see them.
    """
    access.require(actor, "recovery:list")
    return standing(actor.client)


def standing(firm_id: UUID) -> Recovery:
    """Return the same for the health page, which looks by itself."""
    with bound(Binding(firm_id)):
        found = [sheet_facts(row) for row in RecoverySheet.objects.filter(client_id=firm_id).order_by("-id")]
    told = key_backup()
    return Recovery(sheets=found, backup=told, warnings=[*_of_sheets(found), *_of_backup(told, found)])


def key_backup() -> KeyBackupFacts:
    """Return where the key backup is, and whether it holds the keys as they are now."""
    present = config.current()
    place, trouble, written_at = backup.place(present), "", None
    try:
        head = backup.head(place)
        if head is None:
            trouble = "none"
        else:
            written_at = datetime.fromisoformat(head.made_at)
            trouble = "" if backup.is_current(present) else "behind"
    except (KeyBackupDamaged, ValueError):
        trouble = "damaged"
    except (OSError, VaultError):
        trouble = "away"
    is_same = place.is_relative_to(present.data)
    return KeyBackupFacts(str(place), is_same_machine=is_same, written_at=written_at, trouble=trouble)


def sheet_facts(row: RecoverySheet) -> SheetFacts:
    """Return a sheet as a value."""
    moments = [datetime.fromisoformat(text) for text in row.tested.values()]
    newest = max(moments, default=None)
    known = {sheet.id for sheet in backup.sheets(config.current())}
    is_stale = row.state != "replaced" and (
        str(row.id) not in known or (newest or row.made_at) < clock.now() - timedelta(days=TEST_DAYS)
    )
    return SheetFacts(
        id=row.id,
        made_at=row.made_at,
        made_by=row.made_by,
        people=row.people,
        needed=row.needed,
        tested=tuple(sorted(int(number) for number in row.tested)),
        last_tested_at=newest,
        state=row.state,
        is_stale=is_stale,
    )


def _of_sheets(found: list[SheetFacts]) -> list[str]:
    sheets = [sheet for sheet in found if sheet.state != "replaced"]
    if not sheets:
        return [
            "There is no recovery sheet, and so no key backup: if this machine is lost, nothing opens again, whatever "
            "other backups there are. Make one."
        ]
    told = [
        f"The recovery sheet of {sheet.made_at:%Y-%m-%d} counts once {sheet.needed} of its shares were tested; "
        f"{len(sheet.tested)} were."
        for sheet in sheets
        if sheet.state == "new"
    ]
    told += [
        f"The recovery sheet of {sheet.made_at:%Y-%m-%d} is stale: nobody has tested a share of it for a year, or the "
        "key backup is not sealed for it. Test its shares, or make another."
        for sheet in sheets
        if sheet.is_stale
    ]
    return told


def _of_backup(told: KeyBackupFacts, found: list[SheetFacts]) -> list[str]:
    sentences = {
        "none": "There is no key backup at its place. It is written within a minute once that can be reached.",
        "damaged": "The key backup is damaged. It is written anew within a minute.",
        "away": "The place of the key backup cannot be reached.",
        "behind": "The key backup does not hold the newest state of the keys. It is written within a minute.",
    }
    warnings = [sentences[told.trouble]] if told.trouble and found else []
    if told.is_same_machine and found:
        warnings.append(
            "The key backup lies on the machine whose keys it holds: if that is lost, so is the backup. Set "
            "key_backup to a place on another one."
        )
    return warnings
