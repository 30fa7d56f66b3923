"""Alarms: raised, cleared, and when people had been told."""

from django.db import models
from django.db.models import Q

from muniment.core import clock, ids
from muniment.core.data_map import Kept, clear


class Alarm(models.Model):
    """One trouble from the moment it was seen to its end; `name` is that of its line on the health page."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    topic = models.TextField()
    name = models.TextField()
    raised_at = models.DateTimeField(default=clock.now)
    cleared_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    told_end_at = models.DateTimeField(null=True)

    DATA = Kept(
        "400 days after its end",
        topic=clear("What it was about", "a word from the code"),
        name=clear("What was in trouble", "words from the code, or the name of a witness from the settings"),
        raised_at=clear("When it was seen first"),
        cleared_at=clear("When it was over"),
        told_at=clear("When everybody had been told"),
        told_end_at=clear("When everybody had been told that it was over"),
    )

    class Meta:
        db_table = "alarm"
        constraints = (
            models.UniqueConstraint(fields=["name"], condition=Q(cleared_at=None), name="one_open_alarm_of_a_name"),
        )
        indexes = (models.Index(fields=["-raised_at"], name="alarm_by_time"),)
