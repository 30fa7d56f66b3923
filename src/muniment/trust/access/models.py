"""Roles, what they may do, and grants: role x person x scope, with purpose, giver, start and end."""

from django.db import models
from django.db.models import F, Q

from muniment.core import clock, ids
from muniment.core.data_map import Kept, clear, content
from muniment.trust.clients.types import ClientRow
from muniment.trust.vault.fields import SealedText


class Approval(ClientRow):
    """An act that two people must want: one asks, another approves or declines.

    `act` is the verb that both must hold. Nothing may be done before `not_before`; until it is done, it can be
    taken back. `ended_at` is when it was declined, taken back or used up: an approval serves once.
    """

    act = models.TextField()
    object_kind = models.TextField()
    object_id = models.UUIDField()
    state = models.TextField(default="asked")
    reason = SealedText()
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField(default=clock.now)
    not_before = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    decision = SealedText(default="")
    ended_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    DATA = Kept(
        "until the client's space is destroyed",
        act=clear("What two people decide about", "a word from the code"),
        object_kind=clear("What sort of thing it is about", "the name of a table"),
        object_id=clear("Which thing"),
        state=clear("How far it is", "a word from the code"),
        reason=content("Why it was asked for"),
        asked_by=clear("Who asked"),
        asked_at=clear("When"),
        not_before=clear("When it may be done at the earliest"),
        decided_by=clear("Who decided"),
        decided_at=clear("When"),
        decision=content("Why it was decided so"),
        ended_by=clear("Who did it or took it back"),
        ended_at=clear("When"),
    )

    class Meta:
        db_table = "approval"
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["asked", "approved", "declined", "taken-back", "used"]), name="approval_state"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="approval_by_two_people"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "taken-back"]) | Q(decided_by__isnull=False), name="approval_is_decided"
            ),
            models.UniqueConstraint(
                fields=["client", "act", "object_id"],
                condition=Q(state__in=["asked", "approved"]),
                name="one_open_approval",
            ),
        )


class Role(models.Model):
    """A named set of actions."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    name = models.TextField(unique=True)
    side = models.TextField()

    DATA = Kept(
        "as long as the portal",
        name=clear("What the role is called", "a name given by the firm to a set of rights, not to a person"),
        side=clear("Whether it is for the firm, a client, or one share", "one of three words"),
    )

    class Meta:
        db_table = "role"
        constraints = (models.CheckConstraint(condition=Q(side__in=["firm", "client", "share"]), name="role_side"),)


class RoleAction(models.Model):
    """A role may do one thing."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="actions")
    verb = models.TextField()

    DATA = Kept(
        "as long as the role",
        role=clear("Which role"),
        verb=clear("What it may do", "a word from the code"),
    )

    class Meta:
        db_table = "role_action"
        constraints = (models.UniqueConstraint(fields=["role", "verb"], name="verb_once_a_role"),)


class Grant(ClientRow):
    """A role for a person, or for every contact of the client (`person_id` null), on a scope.

    `scope_id` is null for the whole client. Valid from `starts_at` (included) to `ends_at` (excluded);
    ending a grant moves `ends_at`, the row stays as what was once allowed.
    """

    person_id = models.UUIDField(null=True)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+", db_index=False)
    scope_kind = models.TextField(default="client")
    scope_id = models.UUIDField(null=True)
    purpose = SealedText()
    given_by = models.UUIDField(null=True)
    starts_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField(null=True)

    DATA = Kept(
        "until the client's space is destroyed: an ended grant shows what was once allowed",
        person_id=clear("Who may; nothing for every contact of the client"),
        role=clear("What they may do"),
        scope_kind=clear("On what sort of thing", "one of three words"),
        scope_id=clear("On which thing"),
        purpose=content("Why; shown to the client beside each access"),
        given_by=clear("Who gave it"),
        starts_at=clear("From when"),
        ends_at=clear("Until when"),
    )

    class Meta:
        db_table = "access_grant"
        constraints = (
            models.CheckConstraint(
                condition=Q(scope_kind="client", scope_id=None) | (~Q(scope_kind="client") & Q(scope_id__isnull=False)),
                name="scope_is_whole",
            ),
            models.CheckConstraint(condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")), name="grant_ends_after"),
        )
        indexes = (
            models.Index(fields=["client", "person_id"], name="grant_person"),
            models.Index(fields=["client", "scope_id"], name="grant_scope"),
        )
