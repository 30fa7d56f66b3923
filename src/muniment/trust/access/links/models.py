"""Guest links: one task, on one thing, for one address, until an end."""

from django.db import models
from django.db.models import F, Q

from muniment.core import clock
from muniment.core.data_map import Kept, clear, content, secret
from muniment.trust.clients.types import ClientRow
from muniment.trust.vault.fields import SealedText


class GuestLink(ClientRow):
    """Leave for somebody without an account to do one task: view a thing, or upload into a folder.

    The address it was made for stands with the people, under this row's id. Of the secret in it only a hash is
    kept. It works as long as who made it may share the thing themselves.
    """

    task = models.TextField()
    scope_kind = models.TextField()
    scope_id = models.UUIDField()
    purpose = SealedText()
    secret_hash = models.BinaryField()
    made_by = models.UUIDField()
    made_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    most_uses = models.PositiveSmallIntegerField()
    used_count = models.PositiveSmallIntegerField(default=0)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.UUIDField(null=True)

    DATA = Kept(
        "until the client's space is destroyed: a link that is over shows what was once allowed",
        task=clear("What can be done with it", "one of two words"),
        scope_kind=clear("With what sort of thing", "one of two words"),
        scope_id=clear("With which thing"),
        purpose=content("Why; shown to the client beside each access"),
        secret_hash=secret("Recognises the link", kept_as="SHA-256 of 32 random bytes"),
        made_by=clear("Who made it"),
        made_at=clear("When"),
        expires_at=clear("Until when it works"),
        most_uses=clear("How often it can be opened"),
        used_count=clear("How often it was opened"),
        revoked_at=clear("When it was ended"),
        revoked_by=clear("Who ended it"),
    )

    class Meta:
        db_table = "guest_link"
        constraints = (
            models.CheckConstraint(condition=Q(task__in=["view", "upload"]), name="guest_link_task"),
            models.CheckConstraint(
                condition=Q(scope_kind="folder") | Q(scope_kind="document", task="view"), name="guest_link_scope"
            ),
            models.CheckConstraint(condition=Q(used_count__lte=F("most_uses")), name="guest_link_uses"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="guest_link_ends_after"),
            models.UniqueConstraint(fields=["client", "secret_hash"], name="one_guest_link_a_secret"),
        )
        indexes = (models.Index(fields=["client", "scope_id"], name="guest_link_scope_id"),)
