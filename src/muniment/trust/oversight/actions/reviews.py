"""Begin a review of access, decide about each grant, and take its evidence along."""

from collections.abc import Iterable
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.trust.access import actions as grants
from muniment.trust.access import queries as access
from muniment.trust.access.errors import ReasonMissing
from muniment.trust.access.types import GrantFacts
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import actions as belonging
from muniment.trust.clients import queries as clients
from muniment.trust.identity import actions as identity
from muniment.trust.identity import queries as people
from muniment.trust.oversight import evidence, letter_texts
from muniment.trust.oversight.errors import DecidedAlready, NotDecidedByYou, NothingToReview, ReviewOpen
from muniment.trust.oversight.models import AccessReview, ReviewItem
from muniment.trust.oversight.queries import reviewing as queries
from muniment.trust.oversight.queries.using import Owners, Uses
from muniment.trust.oversight.types import Evidence, ReviewFacts


@action
def start_review(actor: Actor) -> ReviewFacts:
    """Begin a review of every grant of the bound client, and ask the owner of each whether it is still needed.

    Raises:
        NotFound: `actor` may not.
        ReviewOpen: one is open.
        NothingToReview: there are no grants.
    """
    access.require(actor, "review:decide")
    settle(actor)
    if AccessReview.objects.filter(client_id=actor.client, closed_at=None).exists():
        raise ReviewOpen
    given = access.grants(actor)
    if not given:
        raise NothingToReview
    now = clock.now()
    row = AccessReview.objects.create(
        client_id=actor.client, started_by=actor.person_id, started_at=now, due_at=queries.moment_due(now)
    )
    items = ReviewItem.objects.bulk_create(_items(actor, row, given))
    row.start_entry = audit.record(actor, Event.REVIEW_STARTED, row, grants=len(items), due=row.due_at)
    row.save(update_fields=["start_entry"])
    _ask_owners(actor, row, items)
    return queries.facts_of([row])[0]


@action
def decide_items(
    actor: Actor, *, review_id: UUID, item_ids: Iterable[UUID], keep: bool, reason: str = ""
) -> ReviewFacts:
    """Confirm or remove the grants of these lines; the last one closes the review.

    A reason is needed to remove, and to keep what was proposed for removal.

    Raises:
        NotFound: there is no such review or line, or it is not the actor's to decide.
        NotDecidedByYou: a line is about the actor's own access.
        ConfirmFirst: they did not confirm lately that it is them.
        DecidedAlready: a line was decided before, or its grant is over.
        ReasonMissing: nobody said why.
    """
    row = AccessReview.objects.select_for_update().filter(client_id=actor.client, id=review_id).first()
    wanted = set(item_ids)
    items = list(ReviewItem.objects.filter(client_id=actor.client, review_id=review_id, id__in=wanted).order_by("id"))
    if row is None or not wanted or len(items) != len(wanted):
        raise NotFound
    decides = access.may(actor, "review:decide")
    running = {grant.id for grant in access.grants(actor)}
    for item in items:
        _refuse(actor, item, running, decides=decides)
        if not reason.strip() and (not keep or item.proposed):
            raise ReasonMissing
    access.insist_fresh(actor, "review:decide")  # also whoever decides because they gave the grant
    for item in items:
        _decide(actor, item, keep=keep, reason=reason.strip())
    _settle(actor, row)
    return queries.facts_of([row])[0]


@action
def close_review(actor: Actor, *, review_id: UUID) -> ReviewFacts:
    """Close a review in which nothing is open any more, because grants ended by themselves. For the worker.

    Raises:
        NotFound: `actor` may not, or there is no such open review, or something in it is open.
    """
    access.require(actor, "review:decide")
    row = AccessReview.objects.select_for_update().filter(client_id=actor.client, id=review_id, closed_at=None).first()
    if row is None or not _settle(actor, row):
        raise NotFound
    return queries.facts_of([row])[0]


@action
def remind_owners(actor: Actor, *, review_id: UUID) -> int:
    """Write once more to those who are late, and note that they were; return how many letters went out.

    Raises:
        NotFound: `actor` may not, there is no such review, it is not late, or they were reminded.
    """
    access.require(actor, "review:decide")
    rows = AccessReview.objects.select_for_update().filter(client_id=actor.client, id=review_id, closed_at=None)
    row = rows.filter(reminded_at=None, due_at__lte=clock.now()).first()
    if row is None:
        raise NotFound
    row.reminded_at = clock.now()
    row.save(update_fields=["reminded_at"])
    open_items = ReviewItem.objects.filter(client_id=actor.client, review_id=review_id, state="open")
    told = _ask_owners(actor, row, open_items)
    audit.record(actor, Event.REVIEW_LATE, row, open=open_items.count(), letters=told)
    return told


@action
def export_review(actor: Actor, *, review_id: UUID, form: str) -> Evidence:
    """Return a review as a file, `csv` or `json`, with the ids of the entries that prove each decision.

    Raises:
        NotFound: there is none, `actor` may not see it whole, or there is no such form.
    """
    access.require(actor, "review:read")
    if form not in evidence.FORMS:
        raise NotFound
    row, items = queries.review(actor, review_id)
    audit.record(actor, Event.REVIEW_EXPORTED, AccessReview(id=row.id), form=form)
    return evidence.written(actor, row, items, form)


def settle(actor: Actor) -> None:
    """Close the open review of the bound client if only grants that ended by themselves are left in it."""
    row = AccessReview.objects.select_for_update().filter(client_id=actor.client, closed_at=None).first()
    if row is not None:
        _settle(actor, row)


def _settle(actor: Actor, row: AccessReview) -> bool:
    """Note which grants are over, and close the review when nothing is open; return whether it is closed."""
    running = {grant.id for grant in access.grants(actor)}
    still = ReviewItem.objects.filter(client_id=actor.client, review_id=row.id, state="open")
    still.exclude(grant_id__in=running).update(state="over")
    if row.closed_at is not None or still.exists():
        return row.closed_at is not None
    row.closed_at = clock.now()
    row.save(update_fields=["closed_at"])
    (facts,) = queries.facts_of([row])
    audit.record(actor, Event.REVIEW_CLOSED, row, grants=facts.items, kept=facts.kept, removed=facts.removed)
    return True


def _items(actor: Actor, row: AccessReview, given: list[GrantFacts]) -> list[ReviewItem]:
    uses, owners = Uses(actor), Owners(actor)
    found = []
    for grant in given:
        who = access.people_behind(actor, grant)
        used_at = uses.last(who, grant.scope_kind, grant.scope_id)
        is_staff = owners.is_of_firm(who)
        found.append(
            ReviewItem(
                client_id=actor.client,
                review=row,
                grant_id=grant.id,
                person_id=grant.person_id,
                group_id=grant.group_id,
                is_staff=is_staff,
                role=grant.role,
                scope_kind=grant.scope_kind,
                scope_id=grant.scope_id,
                given_by=grant.given_by,
                owner_id=owners.of(grant, who, is_staff=is_staff),
                used_at=used_at,
                proposed=owners.proposed(grant, who, used_at),
            )
        )
    return found


def _ask_owners(actor: Actor, row: AccessReview, items: Iterable[ReviewItem]) -> int:
    counts: dict[UUID, int] = {}
    for item in items:
        if item.owner_id is not None:
            counts[item.owner_id] = counts.get(item.owner_id, 0) + 1
    for person in people.people(counts).values():
        subject, body = letter_texts.to_review(actor, row, counts[person.id])
        identity.write_letter(to=person.email, subject=subject, body=body, person_id=person.id)
    return len(counts)


def _refuse(actor: Actor, item: ReviewItem, running: set[UUID], *, decides: bool) -> None:
    if not queries.may_decide(actor, item, decides=decides):
        raise NotFound
    if queries.is_own(actor, item):
        raise NotDecidedByYou
    if item.state != "open" or item.grant_id not in running:
        raise DecidedAlready


def _decide(actor: Actor, item: ReviewItem, *, keep: bool, reason: str) -> None:
    facts = {"grant": item.grant_id, "person": item.person_id, "role": item.role, "proposed": item.proposed}
    if not keep:
        grants.end_grant(actor, grant_id=item.grant_id)
        _leave(actor, item)
    item.state, item.reason = "kept" if keep else "removed", reason
    item.decided_by, item.decided_at = actor.person_id, clock.now()
    item.entry_id = audit.record(actor, Event.REVIEW_KEPT if keep else Event.REVIEW_REMOVED, item, **facts)
    item.save()


def _leave(actor: Actor, item: ReviewItem) -> None:
    """End the place of somebody of the firm with a client, once nothing keeps them there."""
    person_id = item.person_id
    if person_id is None or not item.is_staff or actor.client == clients.find_firm_id():
        return
    if not access.has_reason_to_belong(actor, person_id) and belonging.leave(actor.client, person_id):
        audit.record(actor, Event.PERSON_LEFT, person=person_id)
