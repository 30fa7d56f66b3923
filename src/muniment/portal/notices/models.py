"""Notices, how far each log was followed, and what people chose to get by mail."""

from django.db import models
from django.db.models import Q

from muniment.core import clock, ids
from muniment.core.data_map import Kept, clear, secret
from muniment.portal.notices.types import HOURS, HOWS
from muniment.trust.clients.types import ClientRow


class Notice(ClientRow):
    """One person is told of one act: what kind, who did it, and where it leads; never what anything is called.

    `mail_at` is when it is to go by mail, nothing where the person wants none.
    """

    person_id = models.UUIDField()
    entry_id = models.UUIDField()
    kind = models.TextField()
    event = models.TextField()
    by_id = models.UUIDField(null=True)
    url = models.TextField()
    at = models.DateTimeField()
    made_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)
    mail_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    DATA = Kept(
        "90 days; swept every night",
        person_id=clear("Who is told"),
        entry_id=clear("Of which entry in the log"),
        kind=clear("What it is about", "a word from the code"),
        event=clear("What was done", "a word from the code"),
        by_id=clear("Who did it"),
        url=clear("Where it leads", "ids in their public form"),
        at=clear("When it was done"),
        made_at=clear("When the notice was made"),
        read_at=clear("When its person read it"),
        mail_at=clear("When it is to go by mail"),
        mailed_at=clear("When it went by mail"),
    )

    class Meta:
        db_table = "notice"
        constraints = (
            models.UniqueConstraint(fields=["client", "entry_id", "person_id"], name="one_notice_an_entry_a_person"),
        )
        indexes = (
            models.Index(fields=["client", "person_id", "-id"], name="notice_of_person"),
            models.Index(fields=["client", "person_id"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(
                fields=["client", "person_id", "mail_at"],
                condition=Q(mailed_at=None, mail_at__isnull=False),
                name="notice_to_mail",
            ),
        )


class NoticeCursor(ClientRow):
    """How far the log of one client was followed: the position of the first entry of which nobody was told yet."""

    position = models.BigIntegerField(default=0)

    DATA = Kept("until the client's space is destroyed", position=clear("From where in the log people are still told"))

    class Meta:
        db_table = "notice_cursor"
        constraints = (models.UniqueConstraint(fields=["client"], name="one_notice_cursor"),)


class NoticeHabits(models.Model):
    """When mails suit one person; without a row, at any time."""

    person_id = models.UUIDField(primary_key=True)
    daily_hour = models.PositiveSmallIntegerField(default=8)
    quiet_from = models.PositiveSmallIntegerField(null=True)
    quiet_until = models.PositiveSmallIntegerField(null=True)

    DATA = Kept(
        "until the person is erased; swept every night",
        person_id=clear("Whose hours"),
        daily_hour=clear("At which hour the mail of the day comes"),
        quiet_from=clear("From which hour on no mail comes"),
        quiet_until=clear("Until which hour"),
    )

    class Meta:
        db_table = "notice_habits"
        constraints = (
            models.CheckConstraint(
                condition=Q(daily_hour__lt=HOURS)
                & (Q(quiet_from=None, quiet_until=None) | Q(quiet_from__lt=HOURS, quiet_until__lt=HOURS)),
                name="notice_hours_of_a_day",
            ),
        )


class NoticeChoice(models.Model):
    """How one person wants one kind of notices by mail."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    person_id = models.UUIDField()
    kind = models.TextField()
    how = models.TextField()

    DATA = Kept(
        "until the person is erased; swept every night",
        person_id=clear("Who chose"),
        kind=clear("For what", "a word from the code"),
        how=clear("How it comes by mail", "a word from the code"),
    )

    class Meta:
        db_table = "notice_choice"
        constraints = (
            models.UniqueConstraint(fields=["person_id", "kind"], name="one_notice_choice"),
            models.CheckConstraint(condition=Q(how__in=HOWS), name="notice_choice_how"),
        )


class NoticeStop(models.Model):
    """The link in one mail by which its person stops mails like it; only a hash of it is kept.

    `kind` is empty in a mail of several kinds.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    person_id = models.UUIDField()
    kind = models.TextField()
    secret_hash = models.BinaryField(unique=True)
    made_at = models.DateTimeField(default=clock.now, db_index=True)

    DATA = Kept(
        "90 days; swept every night",
        person_id=clear("Who got the mail"),
        kind=clear("What it was about", "a word from the code"),
        secret_hash=secret("Recognises the link", kept_as="SHA-256 of 32 random bytes"),
        made_at=clear("When the mail was written"),
    )

    class Meta:
        db_table = "notice_stop"
