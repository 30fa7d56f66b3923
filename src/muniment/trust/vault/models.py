"""Wrapped keys, and the row beside each sealed blob."""

from django.db import models
from django.db.models import F, Q

from muniment.core import clock, ids
from muniment.trust.clients.types import ClientRow


class InstallationKey(models.Model):
    """A key of the installation itself for one purpose, wrapped by the root key."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    purpose = models.TextField(unique=True)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "installation_key"


class ClientKey(ClientRow):
    """The key of one client, wrapped by the root key; destroying the row shreds what was sealed with it."""

    version = models.PositiveSmallIntegerField(default=1)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "client_key"
        constraints = (models.UniqueConstraint(fields=["client", "version"], name="one_key_a_version"),)


class Blob(ClientRow):
    """Sealed bytes in the store, complete (`sealed_at`) or still arriving.

    `received_bytes` counts what is durably stored: it moves only after the bytes are synced.
    `tags_digest` and `sha256` (of the plaintext) are there once a read-back opened every segment.
    """

    size_bytes = models.BigIntegerField()
    received_bytes = models.BigIntegerField(default=0)
    salt = models.BinaryField()
    wrapped_key = models.BinaryField()
    created_at = models.DateTimeField(default=clock.now)
    sealed_at = models.DateTimeField(null=True)
    proved_at = models.DateTimeField(null=True)
    sha256 = models.BinaryField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "blob"
        constraints = (
            models.CheckConstraint(
                condition=Q(received_bytes__gte=0) & Q(received_bytes__lte=F("size_bytes")), name="received_within_size"
            ),
        )
        indexes = (models.Index(fields=["client", "created_at"], name="blob_created"),)
