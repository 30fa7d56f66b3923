"""Entries: rows that only grow. Written by `actions.record` alone, read under the auditor's role."""

from django.db import models


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

    class Meta:
        managed = False
        db_table = "entry"
