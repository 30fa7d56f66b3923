"""The index of a client, and the row beside each thing that can be found."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from muniment.core import clock
from muniment.trust.clients.types import ClientRow
from muniment.trust.vault.index.types import STATES


class ClientIndex(ClientRow):
    """Whether a client's things can be found by their words, and the key of its tokens, sealed with the client's key.

    While it is switched off there is no key: what was indexed is deleted, and in backups worth nothing.
    """

    sealed_key = models.BinaryField(null=True)
    began_at = models.DateTimeField(default=clock.now)
    switched_off_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "client_index"
        constraints = (
            models.UniqueConstraint(fields=["client"], name="one_index_a_client"),
            models.CheckConstraint(
                condition=Q(sealed_key=None, switched_off_at__isnull=False)
                | Q(sealed_key__isnull=False, switched_off_at=None),
                name="index_key_while_on",
            ),
        )


class IndexedThing(ClientRow):
    """The tokens of one thing; its id is the thing's own.

    `tokens` are sorted, so that they tell nothing about the order of the words. `shared` are those of the name that its
    text has too: with them a new name needs no reading of the text. `place_id`, `kind` and `ranked_at` narrow and order
    what is found; who may see it is decided by its own app.
    """

    sort = models.TextField()
    kind = models.TextField(default="")
    place_id = models.UUIDField(null=True)
    ranked_at = models.DateTimeField()
    edition = models.PositiveIntegerField()
    rules = models.PositiveSmallIntegerField()
    state = models.TextField()
    tokens = ArrayField(models.BigIntegerField())
    shared = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        db_table = "indexed_thing"
        constraints = (models.CheckConstraint(condition=Q(state__in=STATES), name="indexed_state"),)
        indexes = (models.Index(fields=["client", "-ranked_at", "-id"], name="indexed_newest"),)
