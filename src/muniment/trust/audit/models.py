"""Entries, the trees over them, and what others confirm of them; rows only grow, but for `Confirmer`."""

from django.db import models

from muniment.core.data_map import Kept, clear, content, personal


class Entry(models.Model):
    """One audited act in the log of one client.

    The columns in clear serve to find entries; what counts is `core` and `private`, sealed with the
    client's key, and `leaf`, the commitment to both. `at` and `xid` are set by the database.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    client_id = models.UUIDField()
    at = models.DateTimeField()
    event = models.TextField()
    allowed = models.BooleanField()
    object_kind = models.TextField()
    object_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    leaf = models.BinaryField()
    core = models.BinaryField(null=True)
    private = models.BinaryField(null=True)
    core_commitment = models.BinaryField(null=True)
    private_commitment = models.BinaryField(null=True)
    position = models.BigIntegerField(null=True)

    DATA = Kept(
        "as long as the log; what its sealed parts say can be dropped, that there was an entry cannot",
        client_id=clear("Whose log it is"),
        at=clear("When it happened"),
        event=clear("What was done", "a word from the code"),
        allowed=clear("Whether it was done or refused"),
        object_kind=clear("What sort of thing it was done to", "the name of a table"),
        object_id=clear("To which thing"),
        person_id=clear("Who did it; nothing once the person was erased"),
        leaf=clear("Commits to both sealed parts", "a hash with random salt in it: it confirms no guess"),
        core=content("What was done, to what, and why", kept_as="sealed, client key"),
        private=personal("Who did it from where: address, device, session", kept_as="sealed, client key"),
        core_commitment=clear("Commits to the sealed part once that is dropped", "a hash with random salt in it"),
        private_commitment=clear("Commits to the sealed part once that is dropped", "a hash with random salt in it"),
        position=clear("Where it stands in the client's tree, from 0; nothing until the sequencer has numbered it"),
    )

    class Meta:
        managed = False
        db_table = "entry"


class ClientTree(models.Model):
    """The tree over one client's log. `size` counts the entries that have their place in it."""

    client_id = models.UUIDField(primary_key=True)
    origin = models.TextField()
    size = models.BigIntegerField()

    DATA = Kept(
        "as long as the log",
        client_id=clear("Whose tree it is"),
        origin=clear("The name of the log in checkpoints", "random letters: they say nothing about whose it is"),
        size=clear("How many entries are in it"),
    )

    class Meta:
        managed = False
        db_table = "client_tree"


class ClientTile(models.Model):
    """256 hashes, or fewer at the right edge, of one level of a client's tree."""

    pk = models.CompositePrimaryKey("client_id", "level", "n")
    client_id = models.UUIDField()
    level = models.SmallIntegerField()
    n = models.BigIntegerField()
    hashes = models.BinaryField()

    DATA = Kept(
        "as long as the log",
        client_id=clear("Whose tree it is"),
        level=clear("How high in the tree: hashes of level 1 each stand for 256 of level 0"),
        n=clear("Which tile of its level"),
        hashes=clear("Hashes of the tree", "made of leaves, which confirm no guess"),
    )

    class Meta:
        managed = False
        db_table = "client_tile"


class ClientHead(models.Model):
    """One signed head of a client's tree, and where it stands in the register."""

    pk = models.CompositePrimaryKey("client_id", "size")
    client_id = models.UUIDField()
    size = models.BigIntegerField()
    root = models.BinaryField()
    note = models.TextField()
    register_index = models.BigIntegerField()
    signed_at = models.DateTimeField()

    DATA = Kept(
        "as long as the log",
        client_id=clear("Whose tree it is"),
        size=clear("How many entries it covers"),
        root=clear("The root hash", "made of leaves, which confirm no guess"),
        note=clear("The checkpoint with its signature", "origin, size, root, signature"),
        register_index=clear("Its place in the register"),
        signed_at=clear("When it was signed"),
    )

    class Meta:
        managed = False
        db_table = "client_head"


class RegisterTree(models.Model):
    """The one tree over the heads of all logs."""

    id = models.SmallIntegerField(primary_key=True)
    origin = models.TextField()
    size = models.BigIntegerField()

    DATA = Kept(
        "as long as the log",
        origin=clear("The name of the register in checkpoints", "random letters"),
        size=clear("How many heads are in it"),
    )

    class Meta:
        managed = False
        db_table = "register_tree"


class RegisterTile(models.Model):
    """256 hashes, or fewer at the right edge, of one level of the register."""

    pk = models.CompositePrimaryKey("level", "n")
    level = models.SmallIntegerField()
    n = models.BigIntegerField()
    hashes = models.BinaryField()

    DATA = Kept(
        "as long as the log",
        level=clear("How high in the tree"),
        n=clear("Which tile of its level"),
        hashes=clear("Hashes of the register", "made of heads under pseudonyms"),
    )

    class Meta:
        managed = False
        db_table = "register_tile"


class RegisterHead(models.Model):
    """One signed head of the register: what witnesses and time stamps confirm."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    note = models.TextField()
    signed_at = models.DateTimeField()

    DATA = Kept(
        "as long as the log",
        size=clear("How many heads of logs it covers"),
        root=clear("The root hash", "made of heads under pseudonyms"),
        note=clear("The checkpoint with its signature", "origin, size, root, signature"),
        signed_at=clear("When it was signed"),
    )

    class Meta:
        managed = False
        db_table = "register_head"


class Cosignature(models.Model):
    """One witness's signature under one head of the register."""

    pk = models.CompositePrimaryKey("size", "witness")
    size = models.BigIntegerField()
    witness = models.TextField()
    line = models.TextField()
    at = models.DateTimeField()

    DATA = Kept(
        "as long as the log",
        size=clear("Which head of the register was cosigned"),
        witness=clear("The public key of the witness", "names a firm, or a person only where that person chose to"),
        line=clear("The signature line", "a name and a signature, made to be shown to anybody"),
        at=clear("When the witness says it signed"),
    )

    class Meta:
        managed = False
        db_table = "cosignature"


class TimeStamp(models.Model):
    """One RFC 3161 token over the text of one head of the register."""

    size = models.BigIntegerField(primary_key=True)
    authority = models.TextField()
    token = models.BinaryField()
    at = models.DateTimeField()

    DATA = Kept(
        "as long as the log",
        size=clear("Which head of the register was stamped"),
        authority=clear("The name in the certificate of the time-stamp authority", "a public name"),
        token=clear("The token", "signed by the authority over a hash"),
        at=clear("The time it confirms"),
    )

    class Meta:
        managed = False
        db_table = "time_stamp"


class Confirmer(models.Model):
    """How it last went with a witness, or with the time-stamp authority."""

    name = models.TextField(primary_key=True)
    outcome = models.TextField()
    size = models.BigIntegerField()
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    DATA = Kept(
        "as long as it is asked; the last answer alone",
        name=clear(
            "The public key of the witness, or the address of the time-stamp authority", "public, from the settings"
        ),
        outcome=clear("What came of the last question", "a word from the code"),
        size=clear("The largest head of the register that it is known to have seen"),
        asked_at=clear("When it was last asked"),
        confirmed_at=clear("When it last confirmed"),
    )

    class Meta:
        managed = False
        db_table = "confirmer"


class Rehash(models.Model):
    """One full re-hash of all logs. `found` lists what was not as it was signed: which log, what, and where."""

    id = models.UUIDField(primary_key=True, editable=False)
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    logs = models.IntegerField()
    entries = models.BigIntegerField()
    heads = models.BigIntegerField()
    found = models.JSONField()

    DATA = Kept(
        "as long as the log",
        begun_at=clear("When it began"),
        finished_at=clear("When it ended"),
        logs=clear("How many logs were hashed"),
        entries=clear("How many entries"),
        heads=clear("How many heads"),
        found=clear("What was not as it was signed", "ids, words from the code and numbers"),
    )

    class Meta:
        managed = False
        db_table = "log_rehash"
