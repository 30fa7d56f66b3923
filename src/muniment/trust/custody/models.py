"""Holds, and destructions of keys."""

from django.db import models
from django.db.models import Q

from muniment.core import clock
from muniment.core.data_map import Kept, clear, content
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

    DATA = Kept(
        "until the client's space is destroyed: a lifted hold shows what had to be kept",
        kind=clear("What sort of thing must be kept", "one of two words"),
        object_id=clear("Which client or document"),
        reason=content("Why it must be kept"),
        placed_by=clear("Who placed the hold"),
        placed_at=clear("When"),
        lifted_by=clear("Who lifted it"),
        lifted_at=clear("When"),
    )

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

    DATA = Kept(
        "as long as the portal: it proves what was destroyed",
        kind=clear("What sort of thing the key was of", "one of three words"),
        subject_id=clear("Whose or which key"),
        of_client=clear("Which client it belonged to"),
        state=clear("How far it is", "a word from the code"),
        reason=content("Why it was destroyed"),
        approval_id=clear("Which approval it rests on"),
        asked_by=clear("Who asked for it"),
        asked_at=clear("When"),
        approved_by=clear("Who approved it"),
        approved_at=clear("When"),
        due_at=clear("When it may be carried out"),
        destroyed_at=clear("When the key was destroyed"),
        proved_at=clear("When it was proved that nothing opens"),
        keys_destroyed=clear("How many versions of the key there were"),
        blob_ids=content("Which stored bytes were under it"),
        certificate=content("The signed certificate, with the names of those who decided"),
    )

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
