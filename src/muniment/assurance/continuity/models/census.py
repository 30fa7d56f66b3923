"""How many rows there were, signed: what a restored database is compared with."""

from django.db import models

from muniment.core import clock, ids
from muniment.core.data_map import Kept, clear


class Census(models.Model):
    """The number of rows in each table at one moment, with the log's register then; `counts` is {table: rows}."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    at = models.DateTimeField(default=clock.now)
    counts = models.JSONField(default=dict)
    register_size = models.PositiveBigIntegerField(default=0)
    register_root = models.BinaryField(default=bytes)
    signature = models.TextField(default="")

    DATA = Kept(
        "90 days: restored databases are compared with them",
        at=clear("When rows were counted"),
        counts=clear("How many rows each table had", "names of tables and numbers"),
        register_size=clear("How long the log's register was"),
        register_root=clear("What the register was then", "a hash of hashes"),
        signature=clear("The signature of all this", "a signature tells nothing but that it is right"),
    )

    class Meta:
        db_table = "census"
        indexes = (models.Index(fields=["-at"], name="census_by_time"),)
