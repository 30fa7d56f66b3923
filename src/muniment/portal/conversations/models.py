"""Threads, their messages with earlier texts, the firm's notes beside them, and who has read how far."""

from django.db import models
from django.db.models import Q

from muniment.core import clock
from muniment.core.data_map import Kept, clear, content
from muniment.trust.clients.types import ClientReference, ClientRow
from muniment.trust.vault.fields import SealedText

_LASTS = "until the client's space is destroyed"


class Thread(ClientRow):
    """A conversation of firm and client; with `about` and `about_id` about a thing, and seen by who sees that.

    `changes` counts every message and every change of one, `last_number` is the count at the newest message. While
    somebody of the client waits for an answer, `waits_since` says since when.
    """

    about = models.TextField(default="")
    about_id = models.UUIDField(null=True)
    title = SealedText()
    changes = models.PositiveIntegerField(default=0)
    last_number = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(default=clock.now)
    last_by = models.UUIDField(null=True)
    waits_since = models.DateTimeField(null=True)
    assigned_to = models.UUIDField(null=True)
    solved_at = models.DateTimeField(null=True)
    solved_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.UUIDField(null=True)

    DATA = Kept(
        _LASTS,
        about=clear("What kind of thing it is about", "a word from the code"),
        about_id=clear("Which thing it is about"),
        title=content("What it is about, in words"),
        changes=clear("How often something was written or changed"),
        last_number=clear("How far it goes"),
        last_at=clear("When something was last written"),
        last_by=clear("By whom"),
        waits_since=clear("Since when somebody of the client waits for an answer"),
        assigned_to=clear("Who of the firm answers"),
        solved_at=clear("When it was solved"),
        solved_by=clear("By whom"),
        created_by=clear("Who began it"),
    )

    class Meta:
        db_table = "thread"
        constraints = (
            models.CheckConstraint(
                condition=Q(about="", about_id=None) | (~Q(about="") & Q(about_id__isnull=False)), name="thread_about"
            ),
        )
        indexes = (
            models.Index(fields=["client", "-last_at", "-id"], name="thread_newest"),
            models.Index(fields=["client", "about", "about_id"], condition=~Q(about=""), name="thread_of_thing"),
            models.Index(
                fields=["client", "waits_since"],
                condition=Q(waits_since__isnull=False, solved_at=None),
                name="thread_waiting",
            ),
        )


class Message(ClientRow):
    """What somebody wrote, as it reads now; earlier texts are its revisions.

    `number` is the thread's count when it was written, `changed` the count when it last changed.
    """

    thread = ClientReference("conversations.Thread")
    number = models.PositiveIntegerField()
    body = SealedText()
    is_firms = models.BooleanField()
    written_at = models.DateTimeField(default=clock.now)
    written_by = models.UUIDField(null=True)
    version = models.PositiveIntegerField(default=1)
    changed = models.PositiveIntegerField()
    edited_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.UUIDField(null=True)

    DATA = Kept(
        _LASTS,
        thread=clear("In which conversation"),
        number=clear("Its place there"),
        body=content("What was written"),
        is_firms=clear("Whether somebody of the firm wrote it"),
        written_at=clear("When"),
        written_by=clear("By whom"),
        version=clear("How often it was changed"),
        changed=clear("The conversation's count when it last changed"),
        edited_at=clear("When it was last changed"),
        removed_at=clear("When it was removed"),
        removed_by=clear("By whom"),
    )

    class Meta:
        db_table = "message"
        constraints = (models.UniqueConstraint(fields=["client", "thread", "number"], name="one_message_a_number"),)
        indexes = (models.Index(fields=["client", "thread", "changed"], name="message_by_change"),)


class MessageRevision(ClientRow):
    """How a message read before it was changed or removed; never changed itself."""

    message = ClientReference("conversations.Message")
    version = models.PositiveIntegerField()
    body = SealedText()
    replaced_at = models.DateTimeField(default=clock.now)
    replaced_by = models.UUIDField(null=True)

    DATA = Kept(
        _LASTS,
        message=clear("Of which message"),
        version=clear("Which version of it"),
        body=content("What was written before"),
        replaced_at=clear("Until when it read so"),
        replaced_by=clear("Who changed it"),
    )

    class Meta:
        db_table = "message_revision"
        constraints = (models.UniqueConstraint(fields=["client", "message", "version"], name="one_revision_a_version"),)


class Attachment(ClientRow):
    """A document of the client that a message points at; who may not see the document does not see its name."""

    message = ClientReference("conversations.Message")
    document = ClientReference("documents.Document")

    DATA = Kept(
        _LASTS,
        message=clear("To which message"),
        document=clear("Which document"),
    )

    class Meta:
        db_table = "message_attachment"
        constraints = (
            models.UniqueConstraint(fields=["client", "message", "document"], name="one_attachment_a_document"),
        )


class Mention(ClientRow):
    """Somebody whom a message calls."""

    message = ClientReference("conversations.Message")
    person_id = models.UUIDField()

    DATA = Kept(_LASTS, message=clear("In which message"), person_id=clear("Who is called"))

    class Meta:
        db_table = "message_mention"
        constraints = (models.UniqueConstraint(fields=["client", "message", "person_id"], name="one_mention_a_person"),)


class ThreadNote(ClientRow):
    """What people of the firm write for each other beside a thread; the database shows it to no contact.

    It counts by itself: nothing that contacts see tells that a note was written.
    """

    thread = ClientReference("conversations.Thread")
    number = models.PositiveIntegerField()
    body = SealedText()
    written_at = models.DateTimeField(default=clock.now)
    written_by = models.UUIDField(null=True)
    changed = models.PositiveIntegerField()
    removed_at = models.DateTimeField(null=True)
    removed_by = models.UUIDField(null=True)

    DATA = Kept(
        f"{_LASTS}; hidden from contacts by the database",
        thread=clear("Beside which conversation"),
        number=clear("Its place there"),
        body=content("What people of the firm wrote for each other"),
        written_at=clear("When"),
        written_by=clear("By whom"),
        changed=clear("The count of notes when it last changed"),
        removed_at=clear("When it was removed"),
        removed_by=clear("By whom"),
    )

    class Meta:
        db_table = "thread_note"
        constraints = (models.UniqueConstraint(fields=["client", "thread", "number"], name="one_note_a_number"),)
        indexes = (models.Index(fields=["client", "thread", "changed"], name="note_by_change"),)


class ReadMark(ClientRow):
    """How far somebody has read a thread."""

    thread = ClientReference("conversations.Thread")
    person_id = models.UUIDField()
    number = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField(default=clock.now)

    DATA = Kept(
        _LASTS,
        thread=clear("Which conversation"),
        person_id=clear("Who read it"),
        number=clear("How far"),
        read_at=clear("When"),
    )

    class Meta:
        db_table = "read_mark"
        constraints = (models.UniqueConstraint(fields=["client", "thread", "person_id"], name="one_mark_a_person"),)


class MessageTemplate(ClientRow):
    """A message to begin from, in the firm's own space; words in braces stand for names."""

    title = SealedText()
    body = SealedText()
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = models.UUIDField(null=True)
    removed_at = models.DateTimeField(null=True)

    DATA = Kept(
        "until the firm's space is destroyed",
        title=content("What it is called"),
        body=content("What it says"),
        version=clear("How often it was changed"),
        changed_at=clear("When it was last changed"),
        changed_by=clear("By whom"),
        removed_at=clear("When it was removed"),
    )

    class Meta:
        db_table = "message_template"
