"""Reviews of access: which are open, what is in them, and which are due."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, QuerySet

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as, desk, query
from muniment.trust.access import queries as access
from muniment.trust.access.types import GrantFacts
from muniment.trust.clients import queries as clients
from muniment.trust.oversight.models import AccessReview, ReviewItem
from muniment.trust.oversight.types import ItemFacts, ReviewFacts

DUE_DAYS = 21
"""How long the owners of grants have from the beginning of a review."""


@query
def reviews(actor: Actor) -> list[ReviewFacts]:
    """Return the reviews of the actor's client, newest first.

    Raises:
        NotFound: `actor` may neither see them nor is to decide about anything in one.
    """
    if not access.may(actor, "review:read") and not _mine(actor).exists():
        raise NotFound
    return facts_of(AccessReview.objects.filter(client_id=actor.client).order_by("-id"))


@query
def review(actor: Actor, review_id: UUID) -> tuple[ReviewFacts, list[ItemFacts]]:
    """Return a review with its lines: those proposed for removal first; to an owner of grants, their own lines alone.

    Raises:
        NotFound: there is none, or nothing in it is for the actor.
    """
    rows = facts_of(AccessReview.objects.filter(client_id=actor.client, id=review_id))
    if not rows:
        raise NotFound
    items = ReviewItem.objects.filter(client_id=actor.client, review_id=review_id)
    if not access.may(actor, "review:read"):
        items = items.filter(owner_id=actor.person_id) if actor.person_id else items.none()
        if not items.exists():
            raise NotFound
    given = {grant.id: grant for grant in access.grants(actor)}
    decides = access.may(actor, "review:decide")
    found = [item_facts(actor, item, given.get(item.grant_id), decides=decides) for item in items]
    return rows[0], sorted(found, key=lambda item: (item.state != "open", not item.proposed, item.id))


def open_for(actor: Actor) -> list[tuple[ReviewFacts, int]]:
    """Return the open reviews in which something waits for the actor's person, over every client they belong to.

    Each with how many lines wait. One look at all of them.
    """
    if actor.person_id is None:
        return []
    with desk(actor):
        waiting = ReviewItem.objects.filter(owner_id=actor.person_id, state="open", review__closed_at=None)
        counts = dict(waiting.values_list("review_id").annotate(Count("id")).values_list("review_id", "id__count"))
        rows = facts_of(AccessReview.objects.filter(id__in=counts).order_by("due_at"))
        return [(row, counts[row.id]) for row in rows]


def overview(actor: Actor) -> list[tuple[UUID, ReviewFacts | None]]:
    """Return the newest review of each client whose reviews the actor may see, the firm's own space first.

    Raises:
        NotFound: `actor` may see none.
    """
    everywhere = "review:read" in actor.firm_verbs
    places = clients.all_ids() if everywhere else sorted(access.places_with(actor, "review:read"))
    if not places:
        raise NotFound
    found = []
    for place in places:
        with acting_as(actor.within(place)):
            rows = facts_of(AccessReview.objects.filter(client_id=place).order_by("-id")[:1])
            found.append((place, rows[0] if rows else None))
    return found


def is_due(actor: Actor) -> bool:
    """Return whether the client's next review should begin: its interval is over since the last, or the opening."""
    with acting_as(actor):
        last = AccessReview.objects.filter(client_id=actor.client).order_by("-id").first()
        if last is not None and last.closed_at is None:
            return False
        begun = last.started_at if last else clients.opened_at(actor.client)
        return begun + timedelta(days=access.profile_of(Actor.system(actor.client)).profile.review_days) <= clock.now()


def finished(actor: Actor) -> list[UUID]:
    """Return the open review of the bound client if no grant that is open in it runs any more; one or none."""
    with acting_as(actor):
        running = [grant.id for grant in access.grants(actor)]
        still = ReviewItem.objects.filter(client_id=actor.client, state="open", grant_id__in=running)
        rows = AccessReview.objects.filter(client_id=actor.client, closed_at=None)
        return list(rows.exclude(id__in=still.values("review_id")).values_list("id", flat=True))


def late(actor: Actor) -> list[UUID]:
    """Return the open review of the bound client if it is late and nobody was reminded yet; one or none."""
    with acting_as(actor):
        rows = AccessReview.objects.filter(client_id=actor.client, closed_at=None, reminded_at=None)
        return list(rows.filter(due_at__lte=clock.now()).values_list("id", flat=True))


def may_decide(actor: Actor, item: ReviewItem, *, decides: bool) -> bool:
    """Return whether a line is the actor's to decide: as its owner, or as one who reviews here (`decides`).

    A contact reviews the access of their own company's people, not that of the firm's.
    """
    return is_owner(actor, item) or (decides and (actor.kind != "contact" or not item.is_staff))


def is_own(actor: Actor, item: ReviewItem) -> bool:
    """Return whether a line is about the actor's own access: their grant, or that of a group they are in."""
    if actor.person_id is None:
        return False
    if item.group_id is not None:
        return item.group_id in access.groups_of(actor, actor.person_id)
    return item.person_id == actor.person_id


def is_owner(actor: Actor, item: ReviewItem) -> bool:
    """Return whether a line is the actor's to decide, because it was named theirs and they still belong here."""
    if actor.person_id is None or item.owner_id != actor.person_id:
        return False
    return any(member.person_id == actor.person_id for member in clients.members(actor)) or bool(actor.firm_verbs)


def facts_of(rows: Iterable[AccessReview]) -> list[ReviewFacts]:
    """Return reviews as values, in the order given, with their counts: one look for all."""
    found = list(rows)
    lines = ReviewItem.objects.filter(review_id__in=[row.id for row in found])
    counted = (
        lines.values_list("review_id", "state").annotate(Count("id")).values_list("review_id", "state", "id__count")
    )
    counts: dict[UUID, dict[str, int]] = {row.id: {} for row in found}
    for review_id, state, count in counted:
        counts[review_id][state] = count
    return [_facts(row, counts[row.id]) for row in found]


def _facts(row: AccessReview, counts: dict[str, int]) -> ReviewFacts:
    return ReviewFacts(
        id=row.id,
        client_id=row.client_id,
        started_by=row.started_by,
        started_at=row.started_at,
        due_at=row.due_at,
        closed_at=row.closed_at,
        start_entry=row.start_entry,
        items=sum(counts.values()),
        open=counts.get("open", 0),
        kept=counts.get("kept", 0),
        removed=counts.get("removed", 0),
    )


def item_facts(actor: Actor, item: ReviewItem, grant: GrantFacts | None, *, decides: bool) -> ItemFacts:
    """Return a line as a value; `grant` is what it is about, while that runs."""
    own = is_own(actor, item)
    return ItemFacts(
        id=item.id,
        grant_id=item.grant_id,
        person_id=item.person_id,
        group_id=item.group_id,
        is_staff=item.is_staff,
        role=item.role,
        scope_kind=item.scope_kind,
        scope_id=item.scope_id,
        purpose=grant.purpose if grant else "",
        given_by=item.given_by,
        owner_id=item.owner_id,
        starts_at=grant.starts_at if grant else None,
        ends_at=grant.ends_at if grant else None,
        used_at=item.used_at,
        proposed=item.proposed,
        state="over" if item.state == "open" and grant is None else item.state,
        reason=item.reason,
        decided_by=item.decided_by,
        decided_at=item.decided_at,
        entry_id=item.entry_id,
        may_decide=item.state == "open" and grant is not None and not own and may_decide(actor, item, decides=decides),
    )


def _mine(actor: Actor) -> QuerySet[ReviewItem]:
    rows = ReviewItem.objects.filter(client_id=actor.client)
    return rows.filter(owner_id=actor.person_id) if actor.person_id else rows.none()


def moment_due(now: datetime) -> datetime:
    """Return until when a review that begins now should be decided."""
    return now + timedelta(days=DUE_DAYS)
