"""Entries: rows that only grow. Written by `actions.record` alone, read under the auditor's role."""

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
    )

    class Meta:
        managed = False
        db_table = "entry"
