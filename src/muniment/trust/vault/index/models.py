"""The index of a client, and the row beside each thing that can be found."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from muniment.core import clock
from muniment.core.data_map import Kept, clear, content, secret
from muniment.trust.clients.types import ClientRow
from muniment.trust.vault.index.types import STATES


class ClientIndex(ClientRow):
    """Whether a client's things can be found by their words, and the key of its tokens, sealed with the client's key.

    While it is switched off there is no key: what was indexed is deleted, and in backups worth nothing.
    """

    sealed_key = models.BinaryField(null=True)
    began_at = models.DateTimeField(default=clock.now)
    switched_off_at = models.DateTimeField(null=True)

    DATA = Kept(
        "until search is switched off for the client, or its space is destroyed",
        sealed_key=secret("Makes the tokens by which things are found", kept_as="sealed, client key"),
        began_at=clear("Since when things can be found"),
        switched_off_at=clear("When it was switched off"),
    )

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

    DATA = Kept(
        "as long as the thing, and as long as search is on",
        sort=clear("What sort of thing it is", "a word from the code"),
        kind=clear("What lists filter by", "a word from the code"),
        place_id=clear("Where it lies"),
        ranked_at=clear("How new it is"),
        edition=clear("Which version was read"),
        rules=clear("By which rules it was read"),
        state=clear("How far it is", "a word from the code"),
        tokens=content("Finds it by words", kept_as="HMAC-SHA-256, a key for each client's index"),
        shared=content("Which tokens of its name its text has too", kept_as="HMAC-SHA-256, as above"),
    )

    class Meta:
        db_table = "indexed_thing"
        constraints = (models.CheckConstraint(condition=Q(state__in=STATES), name="indexed_state"),)
        indexes = (models.Index(fields=["client", "-ranked_at", "-id"], name="indexed_newest"),)
