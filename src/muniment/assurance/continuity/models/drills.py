"""Drills: a backup restored beside the portal, looked at, and removed."""

from django.db import models
from django.db.models import Q

from muniment.core import clock, ids
from muniment.core.data_map import Kept, clear

STATES = ("running", "passed", "failed")


class Drill(models.Model):
    """One drill. `checks` is a list of {"name", "outcome", "amount"}; `moment` is what could be brought back.

    `loss_seconds` is what would have been lost, `recovery_seconds` how long it took, None where it did not get there.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    state = models.TextField(default="running")
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    backup_id = models.UUIDField(null=True)
    moment = models.DateTimeField(null=True)
    loss_seconds = models.FloatField(null=True)
    recovery_seconds = models.FloatField(null=True)
    checks = models.JSONField(default=list)
    report = models.TextField(default="")
    signature = models.TextField(default="")

    DATA = Kept(
        "as long as the portal: it shows that backups can be restored",
        state=clear("How it went", "one of three words"),
        started_at=clear("When it began"),
        ended_at=clear("When it ended"),
        backup_id=clear("Which backup was restored"),
        moment=clear("The moment that was brought back"),
        loss_seconds=clear("How much would have been lost"),
        recovery_seconds=clear("How long it took"),
        checks=clear("What was looked at, and what was found", "names of checks from the code, outcomes, counts"),
        report=clear("The report, as it was signed", "made of the same words, counts and times"),
        signature=clear("The signature of the report", "a signature tells nothing but that it is right"),
    )

    class Meta:
        db_table = "drill"
        constraints = (models.CheckConstraint(condition=Q(state__in=STATES), name="drill_state"),)
        indexes = (models.Index(fields=["-started_at"], name="drill_by_time"),)
