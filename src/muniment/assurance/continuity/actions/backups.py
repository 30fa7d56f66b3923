"""Write down which backups begin, end and fail: for the agent alone."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from muniment.assurance.continuity.errors import AskedAlready, NotRunning
from muniment.assurance.continuity.models import Backup
from muniment.assurance.continuity.queries.backups import backup_facts
from muniment.assurance.continuity.types import BackupFacts, Kind, Trouble
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.unit import action
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event


@action
def begin_backup(actor: Actor, *, kind: Kind, version: str, migrations: str) -> BackupFacts:
    """Begin a backup: the log has it before a byte is read. `migrations` is a hash of those that had run.

    Raises:
        NotFound: `actor` may not.
        AskedAlready: one of that kind is under way.
    """
    access.require(actor, "backup:run")
    try:
        with transaction.atomic():
            backup = Backup.objects.create(kind=kind, version=version, migrations=migrations)
    except IntegrityError as error:
        raise AskedAlready from error
    audit.record(actor, Event.BACKUP_BEGUN, backup, kind=kind)
    return backup_facts(backup)


@action
def end_backup(
    actor: Actor, *, backup_id: UUID, moment: datetime, snapshot_id: str, bytes_read: int, bytes_added: int
) -> BackupFacts:
    """End a backup that can bring back `moment` (UTC).

    Raises:
        NotFound: `actor` may not.
        NotRunning: it has ended before.
    """
    backup = _running(actor, backup_id)
    backup.state, backup.ended_at, backup.moment = "done", clock.now(), moment
    backup.snapshot_id, backup.bytes_read, backup.bytes_added = snapshot_id, bytes_read, bytes_added
    backup.save()
    audit.record(actor, Event.BACKUP_MADE, backup, kind=backup.kind, bytes_read=bytes_read, bytes_added=bytes_added)
    return backup_facts(backup)


@action
def fail_backup(actor: Actor, *, backup_id: UUID, trouble: Trouble) -> BackupFacts:
    """End a backup that cannot bring anything back.

    Raises:
        NotFound: `actor` may not.
        NotRunning: it has ended before.
    """
    backup = _running(actor, backup_id)
    backup.state, backup.ended_at, backup.trouble = "failed", clock.now(), trouble.value
    backup.save(update_fields=["state", "ended_at", "trouble"])
    audit.record(actor, Event.BACKUP_FAILED, backup, kind=backup.kind, trouble=trouble.value)
    return backup_facts(backup)


def fail_interrupted(actor: Actor) -> int:
    """End what was under way when the agent died, and return how many backups that were; the log says so of each."""
    found = Backup.objects.filter(state="running").exclude(kind="wal").values_list("id", flat=True)
    for backup_id in list(found):
        fail_backup(actor, backup_id=backup_id, trouble=Trouble.INTERRUPTED)
    return len(found)


def extend_backup(backup_id: UUID, *, moment: datetime, snapshot_id: str, bytes_read: int, bytes_added: int) -> bool:
    """Let the running log, or the newest store, reach to `moment`, many times an hour; False if it has ended.

    No entry of its own: it would be one more write each minute, which is what is being saved.
    """
    rows = Backup.objects.filter(Q(kind="wal", state="running") | Q(kind="store", state="done"), id=backup_id)
    changed = rows.update(
        moment=moment,
        snapshot_id=snapshot_id,
        bytes_read=F("bytes_read") + bytes_read,
        bytes_added=F("bytes_added") + bytes_added,
        trouble="",
    )
    return changed == 1


def note_trouble(backup_id: UUID, trouble: Trouble) -> None:
    """Let people see why the running log is not saved just now."""
    Backup.objects.filter(id=backup_id, state="running").update(trouble=trouble.value)


def _running(actor: Actor, backup_id: UUID) -> Backup:
    access.require(actor, "backup:run")
    found = Backup.objects.select_for_update().filter(id=backup_id, state="running").first()
    if found is None:
        raise NotRunning
    return found
