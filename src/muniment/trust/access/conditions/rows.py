"""Profiles and networks as rows: every version stays, as what was once in force."""

from django.db import models
from django.db.models import F, Q

from muniment.core import clock, ids
from muniment.core.data_map import Kept, clear, content
from muniment.trust.clients.types import ClientRow
from muniment.trust.vault.fields import SealedJSON


class AccessProfile(ClientRow):
    """One version of a client's access profile; the newest counts.

    In the firm's own space there are two: the firm's, and (`is_for_new_clients`) that of clients to come.
    """

    version = models.PositiveIntegerField()
    is_for_new_clients = models.BooleanField(default=False)
    body = SealedJSON()
    set_by = models.UUIDField(null=True)
    set_at = models.DateTimeField(default=clock.now)

    DATA = Kept(
        "until the client's space is destroyed: an older version shows what was once closed",
        version=clear("Which version of the profile"),
        is_for_new_clients=clear("Whether it is what new clients begin with"),
        body=content("When, where, how and why the client's things are open"),
        set_by=clear("Who set it"),
        set_at=clear("From when it counts"),
    )

    class Meta:
        db_table = "access_profile"
        constraints = (
            models.UniqueConstraint(fields=["client", "is_for_new_clients", "version"], name="one_of_each_version"),
        )


class NamedNetwork(models.Model):
    """Ranges of addresses that the firm calls by a name, from `starts_at` (included) to `ends_at` (excluded).

    A change ends the row and begins another, so that what was in force can be asked later.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    name = models.TextField()
    cidrs = models.JSONField(default=list)
    is_blocked = models.BooleanField(default=False)
    set_by = models.UUIDField(null=True)
    starts_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField(null=True)

    DATA = Kept(
        "as long as the portal: an ended one shows what was once in force",
        name=clear("What the firm calls the network", "a name of a place or a line, not of a person"),
        cidrs=clear("Which addresses are in it", "ranges of the firm's own networks, or of those it blocks"),
        is_blocked=clear("Whether nobody comes from there"),
        set_by=clear("Who set it"),
        starts_at=clear("From when"),
        ends_at=clear("Until when"),
    )

    class Meta:
        db_table = "named_network"
        constraints = (
            models.UniqueConstraint(fields=["name"], condition=Q(ends_at=None), name="one_network_of_a_name"),
            models.CheckConstraint(condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")), name="network_ends"),
        )
