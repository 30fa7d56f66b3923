"""Somebody who lost what they sign in with, and asked a colleague to confirm it."""

from django.db import models
from django.db.models import Q

from muniment.core import clock, ids
from muniment.core.data_map import Kept, clear, secret


class Recovery(models.Model):
    """One way back in: asked for after the password was proved, confirmed by a colleague, open after a wait.

    `ready_at` is when the wait is over, and `expires_at` when nothing can come of it any more. One of `stopped_at`
    (by `stopped_by`, or nobody we know: by the link in the mail) and `used_at` ends it.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    person_id = models.UUIDField(db_index=True)
    secret_hash = models.BinaryField(unique=True)
    wait_hours = models.PositiveSmallIntegerField()
    asked_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.UUIDField(null=True)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.UUIDField(null=True)
    used_at = models.DateTimeField(null=True)

    DATA = Kept(
        "until 90 days after it ran out, or the person is erased; swept every hour",
        person_id=clear("Who lost what they sign in with"),
        secret_hash=secret("Recognises the link that stops it", kept_as="SHA-256 of 32 random bytes"),
        wait_hours=clear("How long it waits after it was confirmed"),
        asked_at=clear("When they asked"),
        confirmed_at=clear("When a colleague confirmed that it is them"),
        confirmed_by=clear("Which colleague"),
        ready_at=clear("When the wait is over"),
        expires_at=clear("Until when something can come of it"),
        stopped_at=clear("When somebody stopped it"),
        stopped_by=clear("Who; nothing when it was by the link in the mail"),
        used_at=clear("When they came back in"),
    )

    class Meta:
        app_label = "identity"
        db_table = "recovery"
        constraints = (
            models.UniqueConstraint(
                fields=["person_id"], condition=Q(stopped_at=None, used_at=None), name="one_open_recovery"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=models.F("person_id")), name="recovery_by_two"
            ),
        )
