"""What is kept of how people come and go, beside the people themselves."""

from django.db import models

from muniment.core import clock, ids
from muniment.core.data_map import Kept, clear, personal, secret
from muniment.trust.vault.fields import PeopleEmail


class Attendance(models.Model):
    """Whether somebody still comes: its id is the person's. Without a row they were never warned nor shut out.

    `counts_from` is when an administrator let them back: silence counts from then on. `why_disabled` is empty as long
    as they may sign in.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    counts_from = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    why_disabled = models.TextField(default="")
    is_break_glass = models.BooleanField(default=False)

    DATA = Kept(
        "as long as the row that says that there was a person",
        id=clear("Whose it is"),
        counts_from=clear("Since when silence counts: when they were let back"),
        warned_at=clear("When they were told that they will be shut out"),
        why_disabled=clear("Why they cannot sign in", "one of a few words"),
        is_break_glass=clear("Whether they are the administrator for emergencies, whom silence does not shut out"),
    )

    class Meta:
        db_table = "attendance"


class EmailChange(models.Model):
    """A new address that somebody wants to sign in with; it is theirs once both mailboxes said yes."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    person_id = models.UUIDField(db_index=True)
    email = PeopleEmail()
    old_hash = models.BinaryField()
    new_hash = models.BinaryField()
    old_confirmed_at = models.DateTimeField(null=True)
    new_confirmed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()

    DATA = Kept(
        "until it is done, withdrawn or two days old; swept every hour",
        person_id=clear("Who changes their address"),
        email=personal("The new address"),
        old_hash=secret("Recognises the link in the mail to the old address", kept_as="SHA-256 of 32 random bytes"),
        new_hash=secret("Recognises the link in the mail to the new address", kept_as="SHA-256 of 32 random bytes"),
        old_confirmed_at=clear("When the old mailbox said yes"),
        new_confirmed_at=clear("When the new mailbox said yes"),
        expires_at=clear("Until when the links work"),
    )

    class Meta:
        db_table = "email_change"
