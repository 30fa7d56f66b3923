"""Requests for access that a second person decides, and reviews of the access that was given."""

from django.db import models
from django.db.models import F, Q

from muniment.core import clock
from muniment.core.data_map import Kept, clear, content
from muniment.trust.clients.types import ClientReference, ClientRow
from muniment.trust.oversight.types import ITEM_STATES, REQUEST_STATES
from muniment.trust.vault.fields import SealedText


class AccessRequest(ClientRow):
    """Somebody asks for a role on a scope of this client, for some hours; somebody else decides.

    `grant_id` is what was given for it; it ends by itself. `joined` says that the person belongs to the client only
    because of this request, and leaves it when the access ends.
    """

    asked_by = models.UUIDField()
    asked_at = models.DateTimeField(default=clock.now)
    is_staff = models.BooleanField()
    role = models.TextField()
    scope_kind = models.TextField(default="client")
    scope_id = models.UUIDField(null=True)
    reason = SealedText()
    hours = models.PositiveIntegerField()
    is_emergency = models.BooleanField(default=False)
    state = models.TextField(default="asked")
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    decision = SealedText(default="")
    grant_id = models.UUIDField(null=True)
    joined = models.BooleanField(default=False)
    ends_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    DATA = Kept(
        "until the client's space is destroyed",
        asked_by=clear("Who asked"),
        asked_at=clear("When"),
        is_staff=clear("Whether somebody of the firm asked"),
        role=clear("What they asked to be allowed", "the name of a role"),
        scope_kind=clear("On what sort of thing", "one of three words"),
        scope_id=clear("On which thing"),
        reason=content("Why; shown to the client"),
        hours=clear("For how long"),
        is_emergency=clear("Whether it cannot wait"),
        state=clear("How far it is", "one of six words"),
        decided_by=clear("Who decided"),
        decided_at=clear("When"),
        decision=content("Why it was decided so"),
        grant_id=clear("Which grant was given for it"),
        joined=clear("Whether they belong to the client only for this"),
        ends_at=clear("Until when it was given"),
        ended_by=clear("Who ended it early"),
        ended_at=clear("When it was over"),
    )

    class Meta:
        db_table = "access_request"
        constraints = (
            models.CheckConstraint(condition=Q(state__in=REQUEST_STATES), name="access_request_state"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="access_request_by_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["given", "ended"]) | Q(decided_by__isnull=False, ends_at__isnull=False),
                name="access_request_is_decided_and_ends",
            ),
            models.CheckConstraint(
                condition=Q(scope_kind="client", scope_id=None) | (~Q(scope_kind="client") & Q(scope_id__isnull=False)),
                name="access_request_scope_is_whole",
            ),
            models.UniqueConstraint(
                fields=["client", "asked_by", "scope_id"],
                condition=Q(state="asked"),
                name="one_open_access_request",
                nulls_distinct=False,
            ),
        )


class DocketLine(ClientRow):
    """A line of the firm's own list of what its people asked for; the request itself lies with the client.

    `of_client` is null where no client has the name that was given: to who asked, that looks the same.
    """

    asked_by = models.UUIDField()
    asked_at = models.DateTimeField(default=clock.now)
    named = SealedText()
    of_client = models.UUIDField(null=True)
    request_id = models.UUIDField(null=True)

    DATA = Kept(
        "as long as the portal",
        asked_by=clear("Who asked"),
        asked_at=clear("When"),
        named=content("Which client they named"),
        of_client=clear("Which client that is"),
        request_id=clear("The request"),
    )

    class Meta:
        db_table = "docket_line"
        indexes = (models.Index(fields=["client", "asked_at"], name="docket_line_asked"),)


class AccessReview(ClientRow):
    """One look at everybody who may get at something of this client: each grant is confirmed or removed."""

    started_by = models.UUIDField(null=True)
    started_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    start_entry = models.UUIDField(null=True)

    DATA = Kept(
        "until the client's space is destroyed: it is evidence",
        started_by=clear("Who began it; nobody where its time had come"),
        started_at=clear("When"),
        due_at=clear("Until when everything should be decided"),
        closed_at=clear("When everything was"),
        reminded_at=clear("When those who are late were reminded"),
        start_entry=clear("The entry about its beginning"),
    )

    class Meta:
        db_table = "access_review"
        constraints = (
            models.UniqueConstraint(fields=["client"], condition=Q(closed_at=None), name="one_open_access_review"),
        )


class ReviewItem(ClientRow):
    """One grant as it was when a review began, who should decide about it, and what came of it.

    `used_at` is the last use of it that the log knows of; `proposed` is why it may not be needed any more.
    """

    review = ClientReference("oversight.AccessReview", related_name="lines")
    grant_id = models.UUIDField()
    person_id = models.UUIDField(null=True)
    group_id = models.UUIDField(null=True)
    is_staff = models.BooleanField()
    role = models.TextField()
    scope_kind = models.TextField()
    scope_id = models.UUIDField(null=True)
    given_by = models.UUIDField(null=True)
    owner_id = models.UUIDField(null=True)
    used_at = models.DateTimeField(null=True)
    proposed = models.TextField(default="")
    state = models.TextField(default="open")
    reason = SealedText(default="")
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    entry_id = models.UUIDField(null=True)

    DATA = Kept(
        "until the client's space is destroyed: it is evidence",
        review=clear("Which review"),
        grant_id=clear("Which grant"),
        person_id=clear("Who may"),
        group_id=clear("Which group may"),
        is_staff=clear("Whether they are of the firm"),
        role=clear("What they may do", "the name of a role"),
        scope_kind=clear("On what sort of thing", "one of three words"),
        scope_id=clear("On which thing"),
        given_by=clear("Who gave it"),
        owner_id=clear("Who should decide"),
        used_at=clear("When it was last used"),
        proposed=clear("Why it may not be needed any more", "one of four words"),
        state=clear("What came of it", "one of four words"),
        reason=content("Why it stays or went"),
        decided_by=clear("Who decided"),
        decided_at=clear("When"),
        entry_id=clear("The entry about it"),
    )

    class Meta:
        db_table = "review_item"
        constraints = (
            models.CheckConstraint(condition=Q(state__in=ITEM_STATES), name="review_item_state"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(person_id=None) | ~Q(decided_by=F("person_id")),
                name="review_item_not_of_oneself",
            ),
            models.UniqueConstraint(fields=["client", "review", "grant_id"], name="grant_once_a_review"),
        )
        indexes = (models.Index(fields=["client", "owner_id", "state"], name="review_item_owner"),)
