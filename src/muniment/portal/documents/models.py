"""Folders, documents, their versions, and uploads on their way."""

from django.db import models
from django.db.models import F, Q

from muniment.core import clock
from muniment.core.data_map import Kept, clear, content
from muniment.trust.access.types import LABELS
from muniment.trust.clients.types import ClientReference, ClientRow
from muniment.trust.vault.fields import SealedText


class Folder(ClientRow):
    """A folder of one client; at the top when it has no parent.

    Into a closed one no grant from around it reaches. Conditions decide by `label`, and new things in it take it over.
    """

    parent = ClientReference("documents.Folder", null=True)
    name = SealedText()
    label = models.TextField(default="normal")
    is_closed = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.UUIDField(null=True)
    trashed_at = models.DateTimeField(null=True)
    trashed_by = models.UUIDField(null=True)

    DATA = Kept(
        "until the client's space is destroyed; the trash keeps them too",
        parent=clear("In which folder it lies"),
        name=content("What it is called"),
        label=clear("How guarded it is", "one of five words"),
        is_closed=clear("Whether grants from around it reach into it"),
        created_by=clear("Who made it"),
        trashed_at=clear("When it was put into the trash"),
        trashed_by=clear("By whom"),
    )

    class Meta:
        db_table = "folder"
        constraints = (models.CheckConstraint(condition=Q(label__in=LABELS), name="folder_label"),)
        indexes = (models.Index(fields=["client", "parent"], name="folder_parent"),)


class Document(ClientRow):
    """A document: its versions, under one name, in one folder or at the top.

    `changed_at`, `size_bytes`, `kind` and `version_count` repeat facts of the newest version, because
    lists sort and filter by them.
    """

    folder = ClientReference("documents.Folder", null=True)
    name = SealedText()
    label = models.TextField(default="normal")
    kind = models.TextField()
    media_type = models.TextField()
    size_bytes = models.BigIntegerField()
    version_count = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.UUIDField(null=True)
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = models.UUIDField(null=True)
    trashed_at = models.DateTimeField(null=True)
    trashed_by = models.UUIDField(null=True)

    DATA = Kept(
        "until the client's space is destroyed; the trash keeps them too",
        folder=clear("In which folder it lies"),
        name=content("What it is called"),
        label=clear("How guarded it is", "one of five words"),
        kind=clear("What lists filter by", "one of a few words"),
        media_type=clear("How it can be shown", "one of the types in the code"),
        size_bytes=clear("How long the newest version is"),
        version_count=clear("How many versions there are"),
        created_by=clear("Who added it"),
        changed_at=clear("When the newest version came"),
        changed_by=clear("From whom"),
        trashed_at=clear("When it was put into the trash"),
        trashed_by=clear("By whom"),
    )

    class Meta:
        db_table = "document"
        constraints = (models.CheckConstraint(condition=Q(label__in=LABELS), name="document_label"),)
        indexes = (
            models.Index(
                fields=["client", "folder", "-changed_at", "-id"],
                condition=Q(trashed_at=None),
                name="document_by_change",
            ),
            models.Index(
                fields=["client", "folder", "-size_bytes", "-id"], condition=Q(trashed_at=None), name="document_by_size"
            ),
            models.Index(fields=["client", "-changed_at", "-id"], condition=Q(trashed_at=None), name="document_newest"),
            models.Index(fields=["client", "-trashed_at"], condition=~Q(trashed_at=None), name="document_trash"),
        )


class Version(ClientRow):
    """Immutable bytes of a document: one sealed blob, with who added it and when."""

    document = ClientReference("documents.Document", related_name="versions")
    blob = ClientReference("vault.Blob")
    number = models.PositiveIntegerField()
    media_type = models.TextField()
    size_bytes = models.BigIntegerField()
    added_at = models.DateTimeField(default=clock.now)
    added_by = models.UUIDField(null=True)

    DATA = Kept(
        "as long as the document",
        document=clear("Of which document"),
        blob=clear("Where its bytes are"),
        number=clear("Which version"),
        media_type=clear("How it can be shown", "one of the types in the code"),
        size_bytes=clear("How long it is"),
        added_at=clear("When it came"),
        added_by=clear("From whom"),
    )

    class Meta:
        db_table = "version"
        constraints = (models.UniqueConstraint(fields=["client", "document", "number"], name="one_version_a_number"),)


class Upload(ClientRow):
    """Bytes on their way to become a new document (in `folder`) or a new version (of `document`).

    The blob's `received_bytes` is the offset; the row is over when `finished_at` or `cancelled_at` is set.
    """

    blob = ClientReference("vault.Blob")
    person_id = models.UUIDField()
    folder = ClientReference("documents.Folder", null=True)
    document = ClientReference("documents.Document", null=True)
    name = SealedText()
    media_type = models.TextField(default="application/octet-stream")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    became = ClientReference("documents.Version", null=True)

    DATA = Kept(
        "the row until the client's space is destroyed; the bytes of one not finished in `upload_days` are shredded",
        blob=clear("Where the bytes go"),
        person_id=clear("Who sends"),
        folder=clear("Where it is to lie"),
        document=clear("Of which document it will be a version"),
        name=content("What it will be called"),
        media_type=clear("How it can be shown", "one of the types in the code"),
        expires_at=clear("Until when it can be continued"),
        finished_at=clear("When all had arrived"),
        cancelled_at=clear("When it was given up"),
        became=clear("Which version it became"),
    )

    class Meta:
        db_table = "upload"
        constraints = (
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="upload_expires_after"),
        )
        indexes = (
            models.Index(
                fields=["client", "expires_at"],
                condition=Q(finished_at=None, cancelled_at=None),
                name="upload_unfinished",
            ),
        )
