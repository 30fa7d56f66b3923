"""Roles, what they may do, groups, and grants: role x person or group x scope, with purpose, giver, start and end."""

from datetime import UTC, datetime

from django.db import models
from django.db.models import F, Q

from muniment.core import clock, ids
from muniment.core.data_map import Kept, clear, content
from muniment.trust.access.conditions.models import AccessRule  # noqa: F401 - a table of this app
from muniment.trust.access.conditions.rows import AccessProfile, NamedNetwork  # noqa: F401 - tables of this app
from muniment.trust.access.links.models import GuestLink  # noqa: F401 - a table of this app: Django looks for it here
from muniment.trust.clients.types import ClientReference, ClientRow
from muniment.trust.vault.fields import SealedText


def always() -> datetime:
    """Return a moment before every grant: since then a role may do what it was laid with."""
    return datetime(2000, 1, 1, tzinfo=UTC)


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
    """A named set of actions.

    The built-in ones are templates: they can be copied and, all but the first, changed. A role that `administers`
    follows its holder into every client, with the verbs that reach no content. A retired role may nothing.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    name = models.TextField(unique=True)
    side = models.TextField()
    title = models.TextField(default="")
    description = models.TextField(default="")
    is_built_in = models.BooleanField(default=False)
    administers = models.BooleanField(default=False)
    copied_from = models.ForeignKey("access.Role", null=True, on_delete=models.PROTECT, related_name="+")
    made_by = models.UUIDField(null=True)
    made_at = models.DateTimeField(default=clock.now)
    retired_at = models.DateTimeField(null=True)

    DATA = Kept(
        "as long as the portal",
        name=clear("What the role is called in addresses and the log", "made from its title"),
        side=clear("Whether it is for the firm, a client, or one share", "one of three words"),
        title=clear("What people call the role", "a name given by the firm to a set of rights, not to a person"),
        description=clear("What the role is for", "the firm's words about a set of rights, not about a person"),
        is_built_in=clear("Whether it came with the portal"),
        administers=clear("Whether it follows its holder into every client"),
        copied_from=clear("Which role it began as"),
        made_by=clear("Who made it"),
        made_at=clear("When"),
        retired_at=clear("Since when it may nothing"),
    )

    class Meta:
        db_table = "role"
        constraints = (models.CheckConstraint(condition=Q(side__in=["firm", "client", "share"]), name="role_side"),)


class RoleAction(models.Model):
    """A role may do one thing, from `since` (included) to `until` (excluded): the row stays as what it once might."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="actions")
    verb = models.TextField()
    since = models.DateTimeField(default=always)
    until = models.DateTimeField(null=True)

    DATA = Kept(
        "as long as the role",
        role=clear("Which role"),
        verb=clear("What it may do", "a word from the code"),
        since=clear("From when"),
        until=clear("Until when"),
    )

    class Meta:
        db_table = "role_action"
        constraints = (
            models.UniqueConstraint(fields=["role", "verb"], condition=Q(until=None), name="verb_once_a_role"),
        )
        indexes = (models.Index(fields=["verb", "role"], name="role_action_verb"),)


class Group(ClientRow):
    """People who get grants together: a client's own, or (`is_firms`) the firm's.

    A group of the firm stands in the firm's space and, with the same id and name, in every client in which it has
    or had a grant: so that whatever is decided in a client is decided from that client's rows alone.
    """

    name = SealedText()
    is_firms = models.BooleanField(default=False)
    made_by = models.UUIDField(null=True)
    made_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True)

    DATA = Kept(
        "until the client's space is destroyed: a removed group shows who once might what",
        name=content("What the group is called"),
        is_firms=clear("Whether it is the firm's or the client's own"),
        made_by=clear("Who made it"),
        made_at=clear("When"),
        removed_at=clear("Since when it gives nothing"),
    )

    class Meta:
        db_table = "person_group"


class GroupMember(ClientRow):
    """A person is in a group, from `since` (included) to `until` (excluded)."""

    group = ClientReference("access.Group")
    person_id = models.UUIDField()
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True)
    added_by = models.UUIDField(null=True)

    DATA = Kept(
        "until the client's space is destroyed: a past member shows who once might what",
        group=clear("Which group"),
        person_id=clear("Who is in it"),
        since=clear("From when"),
        until=clear("Until when"),
        added_by=clear("Who put them into it"),
    )

    class Meta:
        db_table = "group_member"
        constraints = (
            models.UniqueConstraint(
                fields=["client", "group", "person_id"], condition=Q(until=None), name="once_in_a_group"
            ),
        )
        indexes = (models.Index(fields=["client", "person_id"], name="group_member_person"),)


class GroupPlace(ClientRow):
    """A group of the firm stands in a client too: in the firm's space, so that it can be followed there."""

    group = ClientReference("access.Group")
    place_id = models.UUIDField()

    DATA = Kept(
        "until the firm's space is destroyed",
        group=clear("Which group"),
        place_id=clear("In which client it has or had a grant"),
    )

    class Meta:
        db_table = "group_place"
        constraints = (models.UniqueConstraint(fields=["client", "group", "place_id"], name="group_once_in_a_place"),)


class ManagerRoles(ClientRow):
    """Which roles the managers of a client may give; the newest row counts, and without one the built-in ones do."""

    roles = models.JSONField(default=list)
    set_by = models.UUIDField(null=True)
    set_at = models.DateTimeField(default=clock.now)

    DATA = Kept(
        "until the client's space is destroyed",
        roles=clear("The roles that managers may give", "names of roles"),
        set_by=clear("Who of the firm decided so"),
        set_at=clear("When"),
    )

    class Meta:
        db_table = "manager_roles"


class Grant(ClientRow):
    """A role for a person, for a group, or for every contact of the client (neither of both), on a scope.

    `scope_id` is null for the whole client. Valid from `starts_at` (included) to `ends_at` (excluded);
    ending a grant moves `ends_at`, the row stays as what was once allowed.
    """

    person_id = models.UUIDField(null=True)
    group = ClientReference("access.Group", null=True)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+", db_index=False)
    scope_kind = models.TextField(default="client")
    scope_id = models.UUIDField(null=True)
    purpose = SealedText()
    given_by = models.UUIDField(null=True)
    approved_by = models.UUIDField(null=True)
    is_emergency = models.BooleanField(default=False)
    starts_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField(null=True)

    DATA = Kept(
        "until the client's space is destroyed: an ended grant shows what was once allowed",
        person_id=clear("Who may; nothing for a group or every contact of the client"),
        group=clear("Which group may"),
        role=clear("What they may do"),
        scope_kind=clear("On what sort of thing", "one of three words"),
        scope_id=clear("On which thing"),
        purpose=content("Why; shown to the client beside each access"),
        given_by=clear("Who gave it"),
        approved_by=clear("Who decided, as the second person, that it be given"),
        is_emergency=clear("Whether it was given in an emergency"),
        starts_at=clear("From when"),
        ends_at=clear("Until when"),
    )

    class Meta:
        db_table = "access_grant"
        constraints = (
            models.CheckConstraint(condition=Q(person_id=None) | Q(group=None), name="grant_to_person_or_group"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("given_by")), name="grant_by_two_people"
            ),
            models.CheckConstraint(
                condition=Q(scope_kind="client", scope_id=None) | (~Q(scope_kind="client") & Q(scope_id__isnull=False)),
                name="scope_is_whole",
            ),
            models.CheckConstraint(condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")), name="grant_ends_after"),
        )
        indexes = (
            models.Index(fields=["client", "person_id"], name="grant_person"),
            models.Index(fields=["client", "group"], condition=Q(group__isnull=False), name="grant_group"),
            models.Index(fields=["client", "scope_id"], name="grant_scope"),
        )
