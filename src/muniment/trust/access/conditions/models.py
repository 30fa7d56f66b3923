"""Extra rules as rows."""

from django.db import models
from django.db.models import F, Q

from muniment.core.data_map import Kept, clear, content
from muniment.trust.clients.types import ClientRow
from muniment.trust.vault.fields import SealedText


class AccessRule(ClientRow):
    """One version of an extra rule, asked for by one person and approved by another.

    It holds from `starts_at` (included; nothing until it is approved) to `ends_at` (excluded). What follows an older
    version of the same rule has its `rule_id`. `replay` is what the rule would have refused when it was asked for.
    Who asked, who decided and why stands in the approvals about the row: the first about starting it, others about
    ending it.
    """

    rule_id = models.UUIDField()
    version = models.PositiveIntegerField()
    body = SealedText()
    replay = SealedText(default="")
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)

    DATA = Kept(
        "until the client's space is destroyed: a rule that ended shows what was once refused",
        rule_id=clear("Which rule"),
        version=clear("Which version of it"),
        body=content("Its title, whom it concerns and what it demands"),
        replay=content("What it would have refused in the month before it was asked for"),
        starts_at=clear("From when it holds"),
        ends_at=clear("Until when it held"),
    )

    class Meta:
        db_table = "access_rule"
        constraints = (
            models.UniqueConstraint(fields=["client", "rule_id", "version"], name="one_of_each_rule_version"),
            models.UniqueConstraint(
                fields=["client", "rule_id"],
                condition=Q(starts_at__isnull=False, ends_at=None),
                name="one_running_rule_version",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(starts_at=None) | Q(ends_at__gte=F("starts_at")), name="rule_ends_after"
            ),
        )
