"""How long the log of each client is kept."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from muniment.core.data_map import Kept, clear
from muniment.trust.clients.types import ClientRow


class LogPeriods(ClientRow):
    """The periods of one client's log, once somebody set them or something was dropped; without a row, the usual ones.

    The database drops nothing that these periods, or the usual ones where there is no row, still keep.
    """

    rules = ArrayField(models.TextField(), default=list)
    private_months = models.PositiveIntegerField()
    core_months = models.PositiveIntegerField()
    set_by = models.UUIDField(null=True)
    set_at = models.DateTimeField(null=True)
    private_dropped_before = models.DateTimeField(null=True)
    core_dropped_before = models.DateTimeField(null=True)

    DATA = Kept(
        "until the client's space is destroyed",
        rules=clear("Which rules apply to the client", "words from the code alone"),
        private_months=clear("How long the log says who did it and from where"),
        core_months=clear("How long the log says what was done"),
        set_by=clear("Who set it"),
        set_at=clear("When"),
        private_dropped_before=clear("Up to when the log no longer says who"),
        core_dropped_before=clear("Up to when the log no longer says what"),
    )

    class Meta:
        db_table = "log_periods"
        constraints = (
            models.UniqueConstraint(fields=["client"], name="one_set_of_log_periods"),
            models.CheckConstraint(
                condition=Q(private_months__gte=12, core_months__gte=F("private_months")), name="log_periods_in_order"
            ),
        )
