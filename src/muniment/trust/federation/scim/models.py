"""The token of a client's directory, and what the directory says of people and groups."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from muniment.core import clock
from muniment.core.data_map import Kept, clear, content, personal, secret
from muniment.trust.clients.types import ClientRow
from muniment.trust.vault.fields import PeopleEmail, SealedJSON, SealedText

KINDS = ("User", "Group")


class DirectoryToken(ClientRow):
    """By which the directory of a client (or of the firm) proves itself; a client has one at a time.

    `role` is what people get whom the directory brings. Of the token only a hash is kept.
    """

    name = SealedText()
    secret_hash = models.BinaryField()
    role = models.TextField()
    made_by = models.UUIDField(null=True)
    made_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    noted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects: ClassVar["models.Manager[DirectoryToken]"] = models.Manager()

    DATA = Kept(
        "until the client's space is destroyed: a token that is over shows who could once change what",
        name=content("What the directory is called"),
        secret_hash=secret("Recognises the token", kept_as="SHA-256 of 32 random bytes"),
        role=clear("What people get whom it brings", "the name of a role"),
        made_by=clear("Who made it"),
        made_at=clear("When"),
        expires_at=clear("Until when it works"),
        used_at=clear("When it was last used"),
        noted_at=clear("When it was last written down that the directory read"),
        revoked_at=clear("When it was ended"),
    )

    class Meta:
        db_table = "directory_token"
        constraints = (
            models.UniqueConstraint(fields=["client"], condition=Q(revoked_at=None), name="one_directory_token"),
        )


class DirectoryRecord(ClientRow):
    """One user or group as the client's directory knows them. A user becomes a person once they have an address.

    `is_made_here`: this directory made the person, so it may name them; nobody else's people are changed by it.
    `asked_at` is when somebody who has an account already was invited: they join by themselves.
    """

    kind = models.TextField()
    user_name = PeopleEmail(null=True)
    email = PeopleEmail(null=True)
    body = SealedJSON()
    person_id = models.UUIDField(null=True)
    group_id = models.UUIDField(null=True)
    is_made_here = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    asked_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    objects: ClassVar["models.Manager[DirectoryRecord]"] = models.Manager()

    DATA = Kept(
        "until the directory deletes it, the person is erased, or the client's space is destroyed",
        kind=clear("A user or a group", "one of two words"),
        user_name=personal("What the directory calls the user, which is there once"),
        email=personal("Where the user gets mail, and by what they are found here"),
        body=personal("What the directory says of them, as it wants to read it again"),
        person_id=clear("Who they are here"),
        group_id=clear("Which group it is here"),
        is_made_here=clear("Whether this directory made the person"),
        is_active=clear("Whether they belong to the client, as the directory says"),
        asked_at=clear("When they were invited, because they have an account already"),
        version=clear("Counts changes, so that none is lost"),
        changed_at=clear("When it last changed"),
    )

    class Meta:
        db_table = "directory_record"
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="directory_record_kind"),
            models.UniqueConstraint(fields=["client", "user_name"], name="directory_user_once"),
        )
        indexes = (models.Index(fields=["client", "email"], name="directory_record_email"),)
