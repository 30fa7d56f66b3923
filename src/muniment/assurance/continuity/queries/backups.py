"""Backups that were made, or tried."""

from dataclasses import fields
from datetime import datetime

from muniment.assurance.continuity.models import Backup
from muniment.assurance.continuity.types import BackupFacts, Kind
from muniment.core.actor import Actor
from muniment.core.unit import query
from muniment.trust.access import queries as access

_NAMES = [field.name for field in fields(BackupFacts)]


def backup_facts(backup: Backup) -> BackupFacts:
    """Return one backup as a value."""
    return BackupFacts(**{name: getattr(backup, name) for name in _NAMES})


@query
def backups(actor: Actor, *, limit: int) -> list[BackupFacts]:
    """Return the newest backups, newest first.

    Raises:
        NotFound: `actor` may not see them.
    """
    access.require(actor, "backup:read")
    return all_backups(limit)


def all_backups(limit: int, kind: Kind | None = None) -> list[BackupFacts]:
    """Return the newest backups, newest first, to the portal itself."""
    rows = Backup.objects.filter(kind=kind) if kind else Backup.objects.all()
    return [backup_facts(row) for row in rows.order_by("-started_at")[:limit]]


def last_backup(kind: Kind) -> BackupFacts | None:
    """Return the newest backup of a kind that can bring something back; for `wal` the one that grows, too."""
    rows = Backup.objects.filter(kind=kind).exclude(moment=None).exclude(state="failed")
    rows = rows if kind == "wal" else rows.filter(state="done")
    found = rows.order_by("-moment").first()
    return backup_facts(found) if found else None


def first_backup_at() -> datetime | None:
    """Return when the first base backup was made that is known of; None where there is none."""
    return (
        Backup.objects.filter(kind="base", state="done")
        .order_by("started_at")
        .values_list("ended_at", flat=True)
        .first()
    )


def last_tried(kind: Kind) -> BackupFacts | None:
    """Return the newest backup of a kind, whatever came of it."""
    found = Backup.objects.filter(kind=kind).order_by("-started_at").first()
    return backup_facts(found) if found else None


def running_backup(kind: Kind) -> BackupFacts | None:
    """Return the backup of a kind that is under way."""
    found = Backup.objects.filter(kind=kind, state="running").first()
    return backup_facts(found) if found else None


def is_running() -> bool:
    """Tell whether a backup is under way; the write-ahead log, which always grows, does not count."""
    return Backup.objects.filter(state="running").exclude(kind="wal").exists()
