"""Backups that were made, or tried."""

from django.db import models
from django.db.models import Q

from muniment.core import clock, ids
from muniment.core.data_map import Kept, clear

KINDS = ("base", "incremental", "wal", "store", "bundle")
STATES = ("running", "done", "failed")


class Backup(models.Model):
    """One backup. A row of kind `wal` is a stretch of the write-ahead log: it grows until the next base backup.

    `moment` is the newest moment it can bring back, None until there is one. What is read and added is in bytes;
    what is added is what the repository grew by.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    kind = models.TextField()
    state = models.TextField(default="running")
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    moment = models.DateTimeField(null=True)
    bytes_read = models.PositiveBigIntegerField(default=0)
    bytes_added = models.PositiveBigIntegerField(default=0)
    snapshot_id = models.TextField(default="")
    version = models.TextField(default="")
    migrations = models.TextField(default="")
    trouble = models.TextField(default="")

    DATA = Kept(
        "as long as the portal: it shows that backups were made in time",
        kind=clear("What sort of backup", "one of five words"),
        state=clear("How far it is", "one of three words"),
        started_at=clear("When it began"),
        ended_at=clear("When it ended"),
        moment=clear("The newest moment it can bring back"),
        bytes_read=clear("How much was read"),
        bytes_added=clear("How much the repository grew by"),
        snapshot_id=clear("Its name in the repository", "a random name that restic gave"),
        version=clear("Which version of the portal made it", "the number of a version"),
        migrations=clear("Which tables it holds", "a hash of the names of the migrations that had run"),
        trouble=clear("Why it failed", "a word from the code"),
    )

    class Meta:
        db_table = "backup"
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="backup_kind"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="backup_state"),
            models.UniqueConstraint(fields=["kind"], condition=Q(state="running"), name="one_running_backup_of_a_kind"),
        )
        indexes = (models.Index(fields=["kind", "-started_at"], name="backup_by_kind"),)
