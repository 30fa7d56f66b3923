"""Which letters about a log are sent."""

from django.db import models

from muniment.core.data_map import Kept, clear
from muniment.trust.clients.types import ClientRow


class LogLetters(ClientRow):
    """The letters of one client's log, once somebody chose them or one was written; without a row, the usual ones.

    `receipts_from` is the position in the log of the first entry whose receipt is to be sent by itself.
    """

    weekly = models.BooleanField(default=True)
    receipts = models.BooleanField(default=False)
    set_by = models.UUIDField(null=True)
    set_at = models.DateTimeField(null=True)
    weekly_until = models.DateTimeField(null=True)
    month_told = models.DateField(null=True)
    receipts_from = models.BigIntegerField(default=0)

    DATA = Kept(
        "until the client's space is destroyed",
        weekly=clear("Whether a letter a week is sent"),
        receipts=clear("Whether receipts are sent by themselves"),
        set_by=clear("Who chose"),
        set_at=clear("When"),
        weekly_until=clear("Up to when the last weekly letter told"),
        month_told=clear("Of which month the receipts were announced"),
        receipts_from=clear("From where in the log receipts are still to be sent"),
    )

    class Meta:
        db_table = "log_letters"
        constraints = (models.UniqueConstraint(fields=["client"], name="one_set_of_log_letters"),)
