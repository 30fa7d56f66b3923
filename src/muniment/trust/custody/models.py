"""Holds, and destructions of keys."""

from django.db import models
from django.db.models import Q

from muniment.core import clock
from muniment.trust.clients.types import ClientRow
from muniment.trust.vault.fields import SealedJSON, SealedText


class Hold(ClientRow):
    """What must be kept: the whole client, or one document of it. Lifted, the row stays."""

    kind = models.TextField()
    object_id = models.UUIDField()
    reason = SealedText()
    placed_by = models.UUIDField(null=True)
    placed_at = models.DateTimeField(default=clock.now)
    lifted_by = models.UUIDField(null=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "hold"
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=["client", "document"]), name="hold_kind"),
            models.UniqueConstraint(
                fields=["client", "object_id"], condition=Q(lifted_at=None), name="one_hold_at_a_time"
            ),
        )


class Destruction(ClientRow):
    """The destruction of one key, from the first person's wish to the proof; kept in the firm's own space.

    The firm's key seals it: a client's log and rows end with the client's key.
    """

    kind = models.TextField()
    subject_id = models.UUIDField()
    of_client = models.UUIDField(null=True)
    state = models.TextField(default="asked")
    reason = SealedText()
    approval_id = models.UUIDField()
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField(default=clock.now)
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)
    proved_at = models.DateTimeField(null=True)
    keys_destroyed = models.PositiveIntegerField(default=0)
    blob_ids = SealedJSON(default=list, typed=False)
    certificate = SealedJSON(null=True, typed=False)

    class Meta:
        db_table = "destruction"
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=["client", "document", "person"]), name="destruction_kind"),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "waiting", "declined", "taken-back", "destroyed", "proved", "failed"]),
                name="destruction_state",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=models.F("asked_by")), name="destruction_by_two_people"
            ),
        )
