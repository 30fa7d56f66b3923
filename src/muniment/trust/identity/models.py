"""People, the companies they belong to, how they came and where they are signed in."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from muniment.core import clock, ids
from muniment.core.data_map import Kept, clear, content, personal, secret
from muniment.trust.clients.types import ClientRow
from muniment.trust.identity.errors import ManySignIns
from muniment.trust.identity.life.models import Attendance, EmailChange
from muniment.trust.identity.recovery.models import Recovery
from muniment.trust.identity.steps.models import SignInNotice
from muniment.trust.identity.strength import hashing
from muniment.trust.vault.fields import PeopleEmail, PeopleJSON, PeopleText, SealedText

# Those of its packages too: they are tables of this app.
__all__ = [
    "Attendance",
    "Company",
    "Device",
    "EmailChange",
    "Guest",
    "Invitation",
    "Letter",
    "Lockout",
    "Person",
    "PersonManager",
    "Recovery",
    "Session",
    "SetupLink",
    "SignInNotice",
]


class PersonManager(BaseUserManager["Person"]):
    """Finds people by their sealed address; people are made by the actions of identity alone."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Return the person with this e-mail address."""
        return self.get(email=username)


class Person(AbstractBaseUser):
    """A human who signs in: staff of the firm, or a contact of one or more clients.

    Rights are never here: they are grants. `credentials_changed_at` is when password or factors last
    changed: what was begun before (sessions, uploads) ends with it.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    email = PeopleEmail(unique=True)
    name = PeopleText(of="id")
    kind = models.TextField()
    created_at = models.DateTimeField(default=clock.now)
    disabled_at = models.DateTimeField(null=True)
    credentials_changed_at = models.DateTimeField(default=clock.now)
    password_flagged_at = models.DateTimeField(null=True)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    DATA = Kept(
        "until the person is erased",
        password=secret("Proves that it is them", kept_as="Argon2id hash"),
        last_login=clear("When they last signed in"),
        email=personal("Where they sign in and get mail"),
        name=personal("What they are called"),
        kind=clear("Whether they work for the firm", "one of two words"),
        disabled_at=clear("When they were shut out"),
        credentials_changed_at=clear("When password or factor last changed: what began before is over"),
        password_flagged_at=clear("When the password was found in a breach"),
    )

    class Meta:
        db_table = "person"
        constraints = (models.CheckConstraint(condition=Q(kind__in=["staff", "contact"]), name="person_kind"),)

    @property
    def is_active(self) -> bool:  # type: ignore[override] # Django has a plain attribute here
        """Whether the person may sign in at all."""
        return self.disabled_at is None

    def check_password(self, raw_password: str | None) -> bool:
        """Return whether this is the password; one kept with older numbers is hashed anew, and sessions go on.

        One that was changed meanwhile stays: who just proved the old one must not bring it back.
        """

        def renew(raw: str | None) -> None:
            try:
                renewed = hashing.hasher().renewed(raw or "", self.password)
            except ManySignIns:
                return  # the next time will do
            if Person.objects.filter(id=self.id, password=self.password).update(password=renewed):
                self.password = renewed

        return check_password(raw_password, self.password, renew)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what a session of this password keeps: it ends with the password, not with how that is hashed."""
        kept = hashing.salt_of(self.password)
        return salted_hmac("muniment-session", kept, secret=secret, algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        """Return the person's name."""
        return str(self.name)

    def get_short_name(self) -> str:
        """Return the first word of the name, for greetings."""
        return str(self.name).split(" ", 1)[0]


class Company(ClientRow):
    """What is known of a client company (or of the firm): its name and what it does."""

    name = SealedText()
    line = SealedText(default="")

    DATA = Kept(
        "until the client's space is destroyed",
        name=content("What the company is called"),
        line=content("What it does; may stay empty"),
    )

    class Meta:
        db_table = "company"
        constraints = (models.UniqueConstraint(fields=["client"], name="one_company_a_client"),)


class Invitation(ClientRow):
    """A one-use link that lets a person join a client with one role, for a purpose, until an end.

    Only a hash of the link's secret is kept.
    """

    email = PeopleEmail()
    name = PeopleText()
    kind = models.TextField()
    role = models.TextField()
    purpose = SealedText()
    grant_until = models.DateTimeField(null=True)
    secret_hash = models.BinaryField()
    invited_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    DATA = Kept(
        "until the client's space is destroyed; the link itself for `invitation_days`",
        email=personal("Where the invitation goes"),
        name=personal("Who is invited"),
        kind=clear("As contact or as staff", "one of two words"),
        role=clear("What they will be allowed", "the name of a role"),
        purpose=content("Why they are invited"),
        grant_until=clear("Until when they will be allowed"),
        secret_hash=secret("Recognises the link", kept_as="SHA-256 of 32 random bytes"),
        invited_by=clear("Who invited them"),
        expires_at=clear("Until when the link works"),
        used_at=clear("When it was used"),
        withdrawn_at=clear("When it was withdrawn"),
    )

    class Meta:
        db_table = "invitation"
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=["contact", "staff"]), name="invitation_kind"),
            models.UniqueConstraint(fields=["client", "secret_hash"], name="one_invitation_a_secret"),
        )


class Guest(models.Model):
    """Somebody without an account, known by one address, who may come by the one link that has the same id."""

    id = models.UUIDField(primary_key=True, editable=False)
    email = PeopleEmail()

    DATA = Kept(
        "until the address is erased: the log names who came by the link",
        email=personal("Where the link and its codes go, and how the guest is named"),
    )

    class Meta:
        db_table = "guest"


class Session(models.Model):
    """A signed-in (or signing-in) browser. The key of the cookie is kept as a hash, all else sealed."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    key_hash = models.BinaryField(unique=True)
    person_id = models.UUIDField(null=True, db_index=True)
    data = PeopleText(of="person_id", default="", typed=False)
    device = PeopleJSON(of="person_id", default=dict, typed=False)
    created_at = models.DateTimeField(default=clock.now)
    used_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(db_index=True)
    idle_minutes = models.PositiveSmallIntegerField(null=True)

    DATA = Kept(
        "until it ends: signed out, idle for `session_idle_minutes`, or after `session_hours`; swept every hour",
        key_hash=secret("Recognises the cookie", kept_as="SHA-256 of a random key"),
        person_id=clear("Whose session it is"),
        data=personal("How they signed in, and what the next page shows"),
        device=personal("Address, country and browser, so that they recognise their own sessions"),
        used_at=clear("When it was last used"),
        expires_at=clear("When it ends in any case"),
        idle_minutes=clear("After how long without a request it ends, where a client wants it shorter"),
    )

    class Meta:
        db_table = "session"


class Device(models.Model):
    """A browser on which a person signed in; from `known_at` on it is known to be theirs.

    Where nothing stronger than a password and a mailed code was proved on it, it has no `known_at`. `trusted_at` is
    when the person said that it is their own, so that it needs no second step for some days.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    person_id = models.UUIDField()
    secret_hash = models.BinaryField()
    seen_at = models.DateTimeField(default=clock.now)
    known_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(default=clock.now)
    trusted_at = models.DateTimeField(null=True)
    about = PeopleJSON(of="person_id", null=True, typed=False)

    DATA = Kept(
        "until nobody signed in on it for 400 days, or the person is erased; swept every hour",
        person_id=clear("Whose device it is"),
        secret_hash=secret("Recognises the cookie", kept_as="SHA-256 of a random secret"),
        seen_at=clear("When somebody first signed in on it"),
        known_at=clear("From when it is known"),
        trusted_at=clear("When they said that it is their own"),
        about=personal("Browser and country, so that they recognise it, and another country is noticed; goes first"),
        used_at=clear("When somebody last signed in on it"),
    )

    class Meta:
        db_table = "device"
        constraints = (models.UniqueConstraint(fields=["person_id", "secret_hash"], name="device_once_a_person"),)


class Lockout(models.Model):
    """Too many failed tries of one kind for one account from one source; kept through a crash."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    key_hash = models.BinaryField(unique=True)
    person_id = models.UUIDField(null=True)
    failures = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True)

    DATA = Kept(
        "until the account signs in from there, or a day after its delay",
        key_hash=personal("Recognises an account and a source", kept_as="HMAC-SHA-256 with the people key"),
        person_id=clear("Whose account it was, to tell them"),
        failures=clear("How often it failed: the delay grows"),
        first_at=clear("Since when"),
        until=clear("Until when nobody may try"),
    )

    class Meta:
        db_table = "lockout"


class Letter(models.Model):
    """A mail to be sent, sealed; it stays until a server has taken it."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    person_id = models.UUIDField(null=True)
    message = PeopleJSON(of="person_id", typed=False)
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    DATA = Kept(
        "until a mail server has taken it",
        person_id=clear("To whom"),
        message=personal("The mail: address, subject, text, link and attachments"),
        sent_at=clear("When it was put into the data directory, where there is no mail server"),
        tries=clear("How often it was tried"),
    )

    class Meta:
        db_table = "letter"


class SetupLink(models.Model):
    """A one-time link made on the host that lets one super admin be made; only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    secret_hash = models.BinaryField(unique=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    DATA = Kept(
        "as long as the portal",
        secret_hash=secret("Recognises the link", kept_as="SHA-256 of 32 random bytes"),
        expires_at=clear("Until when the link works"),
        used_at=clear("When it was used"),
    )

    class Meta:
        db_table = "setup_link"
