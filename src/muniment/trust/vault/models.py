"""Wrapped keys, and the row beside each sealed blob."""

from django.db import models
from django.db.models import F, Q

from muniment.core import clock, ids
from muniment.core.data_map import Kept, clear, content, secret
from muniment.trust.clients.types import ClientReference, ClientRow


class InstallationKey(models.Model):
    """A key of the installation itself for one purpose, wrapped by the root key.

    The highest version seals from its making on; older ones open. `public` is there for keys that sign: of an
    older one nothing but that stays.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    purpose = models.TextField()
    version = models.PositiveSmallIntegerField(default=1)
    public = models.BinaryField(null=True)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(default=clock.now)

    DATA = Kept(
        "until it is replaced and nothing is sealed with it any more",
        purpose=clear("What the key is for", "a word from the code"),
        version=clear("Which of the keys for it"),
        public=clear("Checks signatures", "a public key: anybody may have it"),
        wrapped=secret("Opens what is sealed about people, and the public ids", kept_as="wrapped by the root key"),
    )

    class Meta:
        db_table = "installation_key"
        constraints = (models.UniqueConstraint(fields=["purpose", "version"], name="one_installation_key_a_version"),)


class PersonKey(models.Model):
    """The key of one person, wrapped by a version of the people key; once destroyed, only that it was stays."""

    person_id = models.UUIDField(primary_key=True, editable=False)
    wrapped = models.BinaryField()
    people_version = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(default=clock.now)
    destroyed_at = models.DateTimeField(null=True)

    DATA = Kept(
        "until the person is erased; then as the fact that the key was destroyed",
        person_id=clear("Whose key it is"),
        wrapped=secret("Opens what is sealed about this person", kept_as="wrapped by the people key"),
        people_version=clear("Which people key wraps it"),
        destroyed_at=clear("When it was destroyed"),
    )

    class Meta:
        db_table = "person_key"
        constraints = (
            models.CheckConstraint(
                condition=Q(destroyed_at=None) | Q(wrapped=b""), name="a_destroyed_key_is_not_there"
            ),
        )


class Turning(models.Model):
    """One rotation of keys: of the root key, the people key, a key that signs, or the keys of one or all clients.

    It is carried out in small transactions, each of which moves these figures together with its work; so
    whoever finds the row after a death goes on. `position` is the last client that is done.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    what = models.TextField()
    subject_id = models.UUIDField(null=True)
    reencrypts = models.BooleanField(default=False)
    begun_at = models.DateTimeField(default=clock.now)
    begun_by = models.UUIDField(null=True)
    step = models.TextField(default="keys")
    position = models.UUIDField(null=True)
    clients_done = models.PositiveIntegerField(default=0)
    clients_total = models.PositiveIntegerField(default=0)
    keys_wrapped = models.PositiveBigIntegerField(default=0)
    values_sealed = models.PositiveBigIntegerField(default=0)
    bytes_sealed = models.PositiveBigIntegerField(default=0)
    waits_until = models.DateTimeField(null=True)
    worked_at = models.DateTimeField(null=True)
    trouble = models.TextField(default="")
    finished_at = models.DateTimeField(null=True)
    is_running = models.BooleanField(null=True, default=True)

    DATA = Kept(
        "as long as the portal: it shows that keys were turned in time",
        what=clear("Which keys turn", "one of six words"),
        subject_id=clear("Of which client"),
        reencrypts=clear("Whether documents are sealed anew, too"),
        begun_at=clear("When it began"),
        begun_by=clear("Who began it"),
        step=clear("How far it is", "a word from the code"),
        position=clear("The last client that is done"),
        clients_done=clear("How far it is"),
        clients_total=clear("How far it has to go"),
        keys_wrapped=clear("How much was done"),
        values_sealed=clear("How much was done"),
        bytes_sealed=clear("How much was done"),
        waits_until=clear("When it goes on"),
        worked_at=clear("When it last did something"),
        trouble=clear("Why it stands still", "the name of an error from the code"),
        finished_at=clear("When it ended"),
        is_running=clear("Whether it goes on: there is one at a time"),
    )

    class Meta:
        db_table = "turning"
        constraints = (
            models.CheckConstraint(
                condition=Q(what__in=["root", "people", "signing", "log", "client", "clients"]), name="turning_what"
            ),
            models.UniqueConstraint(fields=["is_running"], name="one_turning_at_a_time"),  # nulls are not equal
            models.CheckConstraint(
                condition=Q(is_running=None) | Q(is_running=True, finished_at=None), name="running_is_true_or_null"
            ),
        )


class ClientKey(ClientRow):
    """The key of one client, wrapped by the root key; destroying the row shreds what was sealed with it."""

    version = models.PositiveSmallIntegerField(default=1)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(default=clock.now)

    DATA = Kept(
        "until it is destroyed: that shreds what was sealed with it",
        version=clear("Which of the client's keys"),
        wrapped=secret("Opens everything the client wrote", kept_as="wrapped by the root key"),
    )

    class Meta:
        db_table = "client_key"
        constraints = (models.UniqueConstraint(fields=["client", "version"], name="one_key_a_version"),)


class Blob(ClientRow):
    """Sealed bytes in the store, complete (`sealed_at`) or still arriving.

    `received_bytes` counts what is durably stored: it moves only after the bytes are synced.
    `sha256` (of the plaintext) is there once a read-back opened every segment.
    `verdict` says whether anybody may open them, and is "waiting" until they were vetted.
    `store` names the store that holds the bytes; `muniment store move` changes it once a verified copy is there.
    """

    size_bytes = models.BigIntegerField()
    received_bytes = models.BigIntegerField(default=0)
    salt = models.BinaryField()
    wrapped_key = models.BinaryField()
    key_version = models.PositiveSmallIntegerField(default=1, db_default=1)  # of the client key that wraps it
    keyed_at = models.DateTimeField(null=True)  # when it got its present key; null: when it was made
    place_id = models.UUIDField(null=True)  # under which id its bytes lie, once they were sealed anew; null: its own
    created_at = models.DateTimeField(default=clock.now)
    sealed_at = models.DateTimeField(null=True)
    proved_at = models.DateTimeField(null=True)
    sha256 = models.BinaryField(null=True)
    deleted_at = models.DateTimeField(null=True)
    verdict = models.TextField(default="waiting", db_default="waiting")
    verdict_reason = models.TextField(default="", db_default="")  # a code
    verdict_detail = models.TextField(default="", db_default="")  # the name of a signature, or of a kind of file
    scanner = models.TextField(default="", db_default="")  # which virus scanner looked; empty: none
    vetted_at = models.DateTimeField(null=True)
    store = models.TextField(default="disk", db_default="disk")

    DATA = Kept(
        "as long as the version it belongs to; an unfinished upload: see there",
        size_bytes=clear("How long the file is"),
        received_bytes=clear("How much has arrived"),
        salt=clear("Makes the keys of its segments its own", "random; no secret"),
        wrapped_key=secret("Opens the file", kept_as="wrapped by the client's key"),
        sealed_at=clear("When the last byte was sealed"),
        proved_at=clear("When it was last read back whole"),
        sha256=content(
            "Proves that a file is the one that was sent",
            because="a digest gives no content away, but whoever has the same file can recognise it",
        ),
        deleted_at=clear("When its bytes were removed"),
        key_version=clear("Which of the client's keys wraps its own"),
        keyed_at=clear("When it got its present key"),
        place_id=clear("Under which id its bytes lie in the store"),
        verdict=clear("Whether anybody may open it", "one of five words"),
        verdict_reason=clear("Why it is held or refused", "a word from the code"),
        verdict_detail=clear("What was found", "the name of a signature, or of a kind of file"),
        scanner=clear("Which scanner looked", "the name and version of a program"),
        vetted_at=clear("When it was vetted"),
        store=clear("Which store holds its bytes", "one of two words"),
    )

    class Meta:
        db_table = "blob"
        constraints = (
            models.CheckConstraint(condition=Q(store__in=["disk", "s3"]), name="blob_store"),
            models.CheckConstraint(
                condition=Q(verdict__in=["waiting", "clean", "held", "refused", "released"]), name="blob_verdict"
            ),
            models.CheckConstraint(
                condition=Q(received_bytes__gte=0) & Q(received_bytes__lte=F("size_bytes")), name="received_within_size"
            ),
        )
        indexes = (
            models.Index(fields=["client", "created_at"], name="blob_created"),
            models.Index(
                fields=["client", "id"], condition=~Q(verdict__in=["clean", "released"]), name="blob_not_open"
            ),
            models.Index(fields=["client", "key_version"], name="blob_key_version"),
        )


class Multipart(ClientRow):
    """An upload under way in a store that takes parts, so that any process on any host can go on with it.

    One writer holds it (`writer`) until it lets go or gives no sign of life before `writer_until`. The row is
    gone once the blob is complete.
    """

    blob = ClientReference("vault.Blob")
    upload_ref = models.TextField(default="", db_default="")  # the store's own; empty before the first whole part
    writer = models.UUIDField(null=True)
    writer_until = models.DateTimeField(null=True)
    is_finishing = models.BooleanField(default=False, db_default=False)  # it may be complete already: look

    DATA = Kept(
        "until the upload is complete or shredded",
        blob=clear("What is being stored"),
        upload_ref=clear("The store's own name of the upload", "made by the store"),
        writer=clear("Which process is at it"),
        writer_until=clear("Until when others leave it alone"),
        is_finishing=clear("Whether it may be complete already"),
    )

    class Meta:
        db_table = "multipart"
        constraints = (models.UniqueConstraint(fields=["client", "blob"], name="one_multipart_a_blob"),)


class MultipartPart(ClientRow):
    """One whole part that the store has taken: what it answered, and the tags of the segments in it."""

    multipart = ClientReference("vault.Multipart")
    number = models.PositiveIntegerField()
    etag = models.TextField()
    tags = models.BinaryField()

    DATA = Kept(
        "until the upload is complete or shredded",
        multipart=clear("Of which upload"),
        number=clear("Which part"),
        etag=clear("What the store calls the part", "made by the store from sealed bytes"),
        tags=clear("Proves that segments belong together", "authentication tags of sealed segments; no secret"),
    )

    class Meta:
        db_table = "multipart_part"
        constraints = (models.UniqueConstraint(fields=["client", "multipart", "number"], name="one_part_a_number"),)


class Residency(ClientRow):
    """The one region in which a client's documents may lie; without a row, any."""

    region = models.TextField()
    since = models.DateTimeField(default=clock.now)

    DATA = Kept(
        "until the client's space is destroyed",
        region=clear("Where the client's documents may lie", "the name of a region of the store"),
        since=clear("Since when"),
    )

    class Meta:
        db_table = "residency"
        constraints = (models.UniqueConstraint(fields=["client"], name="one_residency"),)


class UploadRules(ClientRow):
    """What a client lets in, where it differs from the default: a kind of file or danger, and what is done with it."""

    rules = models.JSONField()
    changed_at = models.DateTimeField(default=clock.now)

    DATA = Kept(
        "until the client's space is destroyed",
        rules=clear("Which kinds of files the client lets in", "words from the code alone"),
        changed_at=clear("Since when"),
    )

    class Meta:
        db_table = "upload_rules"
        constraints = (models.UniqueConstraint(fields=["client"], name="one_set_of_upload_rules"),)


# Registers the tables of the index with the app; they are read after these.
from muniment.trust.vault.index.models import ClientIndex, IndexedThing  # noqa: E402, F401 - as above
