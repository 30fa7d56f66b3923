"""Clients, the unit of isolation, and memberships, on which the many-client view of staff rests."""

from django.db import models
from django.db.models import Q

from muniment.core import clock, ids
from muniment.core.data_map import Kept, clear
from muniment.trust.clients.types import ClientRow


class Client(models.Model):
    """A client company, or the firm itself (exactly one row of kind `firm`): ids and states only.

    Names and everything else about the company are sealed and live with `identity.Company`.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    kind = models.TextField(default="client")
    created_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)

    DATA = Kept(
        "until the client's space is destroyed; then as the fact that it was",
        kind=clear("Tells the firm's own space from a client's", "one of two words"),
        closed_at=clear("When the client left"),
    )

    class Meta:
        db_table = "client"
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=["firm", "client"]), name="client_kind"),
            models.UniqueConstraint(fields=["kind"], condition=Q(kind="firm"), name="one_firm"),
        )


class Membership(ClientRow):
    """A person belongs to a client, as its contact or as assigned staff, from a moment until an end."""

    person_id = models.UUIDField()
    kind = models.TextField()
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    DATA = Kept(
        "until the client's space is destroyed",
        person_id=clear("Who belongs to the client"),
        kind=clear("As contact or as staff", "one of two words"),
        started_at=clear("Since when"),
        ended_at=clear("Until when; afterwards nothing opens"),
    )

    class Meta:
        db_table = "membership"
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=["contact", "staff"]), name="membership_kind"),
            models.UniqueConstraint(
                fields=["client", "person_id"], condition=Q(ended_at=None), name="one_membership_at_a_time"
            ),
        )
