"""Links by which somebody says that a sign-in was not theirs."""

from django.db import models

from muniment.core import clock, ids
from muniment.core.data_map import Kept, clear, secret


class SignInNotice(models.Model):
    """A mail that told somebody of a sign-in on a new device; its link ends everything once. Only a hash is kept."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    person_id = models.UUIDField(db_index=True)
    secret_hash = models.BinaryField(unique=True)
    told_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    DATA = Kept(
        "until the link has run out for a day, or the person is erased; swept every hour",
        person_id=clear("Who was told"),
        secret_hash=secret("Recognises the link", kept_as="SHA-256 of 32 random bytes"),
        told_at=clear("When they were told"),
        expires_at=clear("Until when the link works"),
        used_at=clear("When they said that it was not them"),
    )

    class Meta:
        app_label = "identity"
        db_table = "sign_in_notice"
