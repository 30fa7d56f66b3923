"""How the portal presents itself, its logo, and the terms that people accept."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from muniment.core import clock, ids
from muniment.core.data_map import Kept, clear, content
from muniment.trust.clients.types import ClientRow
from muniment.trust.vault.fields import SealedJSON, SealedText


class Presentation(ClientRow):
    """Colour, texts, sender and defaults of the firm's portal: one row, in the firm's own space.

    `version` moves on with every change but those of the first steps: who saves says which one they read.
    """

    version = models.PositiveIntegerField(default=0)
    colour = models.TextField(default="")
    texts = SealedJSON(default=dict)
    language = models.TextField(default="en-gb")
    zone = models.TextField(default="UTC")
    skipped = ArrayField(models.TextField(), default=list)
    mail_letter_id = models.UUIDField(null=True)
    mail_tried_at = models.DateTimeField(null=True)

    DATA = Kept(
        "as long as the portal",
        version=clear("How often it was changed"),
        colour=clear("The firm's colour", "six digits; every visitor sees it"),
        texts=content("What the firm says on its pages, and the name and answer address of its mails"),
        language=clear("The language of who chose none", "a code such as en-gb"),
        zone=clear("The time zone of who chose none", "a name such as Europe/Madrid"),
        skipped=clear("What was put off in setting the portal up", "words from the code alone"),
        mail_letter_id=clear("The mail that tries the mail server"),
        mail_tried_at=clear("When it was written"),
    )

    class Meta:
        db_table = "presentation"
        constraints: ClassVar = (models.UniqueConstraint(fields=["client"], name="one_presentation"),)


class Logo(ClientRow):
    """The firm's logo as it is served: made anew from pixels. Older ones stay for pages that are still open."""

    version = models.PositiveIntegerField()
    media_type = models.TextField()
    picture = SealedJSON(typed=False)
    set_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    DATA = Kept(
        "until two newer ones were sent",
        version=clear("Which logo it is"),
        media_type=clear("What kind of picture it is", "one of two"),
        picture=content("The picture"),
        set_by=clear("Who sent it"),
    )

    class Meta:
        db_table = "logo"
        constraints: ClassVar = (models.UniqueConstraint(fields=["client", "version"], name="one_logo_a_version"),)


class TermsVersion(ClientRow):
    """One version of the terms, in the firm's own space; it is never changed once it was published."""

    number = models.PositiveIntegerField()
    text = SealedText()
    for_contacts = models.BooleanField()
    for_staff = models.BooleanField()
    published_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    DATA = Kept(
        "as long as the portal: who accepted it must be able to read it",
        number=clear("Which version it is"),
        text=content("What is to be accepted"),
        for_contacts=clear("Whether contacts must accept it"),
        for_staff=clear("Whether staff must accept it"),
        published_by=clear("Who published it"),
    )

    class Meta:
        db_table = "terms_version"
        constraints: ClassVar = (models.UniqueConstraint(fields=["client", "number"], name="one_terms_version"),)


class Acceptance(models.Model):
    """A person accepted a version of the terms; ids and a time alone."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    person_id = models.UUIDField()
    terms_id = models.UUIDField()
    number = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=clock.now)

    DATA = Kept(
        "as long as the portal",
        person_id=clear("Who accepted"),
        terms_id=clear("What they accepted"),
        number=clear("Which version that is"),
    )

    class Meta:
        db_table = "terms_acceptance"
        constraints: ClassVar = (models.UniqueConstraint(fields=["person_id", "terms_id"], name="accepted_once"),)
