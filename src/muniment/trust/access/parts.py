"""Parts of the portal that are off for a client: rows, each with who and when."""

from django.db import models
from django.db.models import F, Q

from muniment.core import clock
from muniment.core.data_map import Kept, clear
from muniment.trust.access.words import PARTS
from muniment.trust.clients.types import ClientRow


class PartSwitch(ClientRow):
    """A part of the portal is off for the client from `off_at` (included) to `on_at` (excluded).

    While it is, no grant gives any verb of the part; everything in it stays as it was.
    """

    part = models.TextField()
    off_by = models.UUIDField(null=True)
    off_at = models.DateTimeField(default=clock.now)
    on_by = models.UUIDField(null=True)
    on_at = models.DateTimeField(null=True)

    DATA = Kept(
        "until the client's space is destroyed: a past one shows what was closed when",
        part=clear("Which part of the portal", "one of four words"),
        off_by=clear("Who switched it off"),
        off_at=clear("When"),
        on_by=clear("Who switched it on again"),
        on_at=clear("When"),
    )

    class Meta:
        db_table = "part_switch"
        constraints = (
            models.CheckConstraint(condition=Q(part__in=PARTS), name="part_is_known"),
            models.CheckConstraint(condition=Q(on_at=None) | Q(on_at__gte=F("off_at")), name="part_on_after_off"),
            models.UniqueConstraint(fields=["client", "part"], condition=Q(on_at=None), name="part_off_once"),
        )
