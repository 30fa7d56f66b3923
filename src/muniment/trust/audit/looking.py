"""Which entries a filter wants, how many there are, and on which days: from the columns in clear alone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDay, TruncWeek
from django.utils import timezone

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.unit import acting_as, bound, desk
from muniment.trust.audit.models import ClientTree, Entry
from muniment.trust.audit.types import EARNING, Earned, Event

Step = Literal["day", "week"]


@dataclass(frozen=True)
class LogFilter:
    """What to look for; an empty field looks for everything. `until` is exclusive.

    `without_pages_of` leaves out that these people opened pages: what they did stays.
    """

    person_id: UUID | None = None
    object_id: UUID | None = None
    object_ids: tuple[UUID, ...] = ()  # any of these, such as a document and its versions
    events: tuple[str, ...] = ()
    entry_ids: tuple[UUID, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    refusals_only: bool = False
    without_pages: bool = False
    without_pages_of: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class DayCount:
    """How much happened on a day, or in the week that begins with it."""

    day: date
    entries: int
    refused: int
    people: int


@dataclass(frozen=True)
class Counts:
    """How much happened in one log."""

    entries: int
    refused: int
    people: int


def matching(rows: QuerySet[Entry], wanted: LogFilter) -> QuerySet[Entry]:
    """Return those of `rows` that a filter wants."""
    named: dict[str, object] = {
        "person_id": wanted.person_id,
        "object_id": wanted.object_id,
        "object_id__in": wanted.object_ids,
        "id__in": wanted.entry_ids,
        "event__in": wanted.events,
        "at__gte": wanted.since,
        "at__lt": wanted.until,
    }
    asked = Q(**{column: value for column, value in named.items() if value})
    if wanted.refusals_only:
        asked &= Q(allowed=False)
    if wanted.without_pages:
        asked &= ~Q(event=Event.PAGE_OPENED)
    elif wanted.without_pages_of:
        asked &= ~Q(event=Event.PAGE_OPENED, person_id__isnull=False, person_id__in=wanted.without_pages_of)
    return rows.filter(asked)


def count(actor: Actor, wanted: LogFilter | None = None, *, most: int) -> int:
    """Return how many entries of the actor's client a filter wants, counted no further than `most`."""
    with acting_as(actor, "muniment_auditor"):
        rows = matching(Entry.objects.filter(client_id=actor.client), wanted or LogFilter())
        return rows.order_by()[:most].count()


def days(actor: Actor, wanted: LogFilter, step: Step = "day") -> list[DayCount]:
    """Return how much happened in the actor's client on each day or week that has any of it, oldest first.

    A day is one of the reader's zone. Give `wanted` a beginning: each entry in between is counted.
    """
    trunc = TruncWeek if step == "week" else TruncDay
    with acting_as(actor, "muniment_auditor"):
        rows = matching(Entry.objects.filter(client_id=actor.client), wanted).order_by()
        found = (
            rows.annotate(day=trunc("at", tzinfo=timezone.get_current_timezone()))
            .values("day")
            .annotate(
                entries=Count("id"),
                refused=Count("id", filter=Q(allowed=False)),
                people=Count("person_id", distinct=True),
            )
            .order_by("day")
        )
        return [DayCount(row["day"].date(), row["entries"], row["refused"], row["people"]) for row in found]


def newest_across(
    actor: Actor, client_ids: Collection[UUID], wanted: LogFilter, *, before: UUID | None, limit: int
) -> list[Entry]:
    """Return at most `limit` rows over these clients, newest first; of a client that is not the actor's to read, none.

    The logs are looked at from the newest on, in spans that grow: so a busy day is enough, and nothing sorts years.
    """
    end = _moment(before) if before else clock.now()
    with desk(actor):
        rows = matching(Entry.objects.filter(client_id__in=client_ids), wanted).order_by("-id")
        if before is not None:
            rows = rows.filter(id__lt=before)
        for days_back in (1, 8, 64):
            found = list(rows.filter(at__gte=end - timedelta(days=days_back))[:limit])
            if len(found) == limit:
                return found
        return list(rows[:limit])


def counts_across(actor: Actor, client_ids: Collection[UUID], wanted: LogFilter) -> dict[UUID, Counts]:
    """Return how much happened in the logs of these clients that the actor may read; one with nothing is left out.

    Give `wanted` a beginning: each entry since is counted.
    """
    with desk(actor):
        rows = matching(Entry.objects.filter(client_id__in=client_ids), wanted).order_by()
        counted = rows.values("client_id").annotate(
            entries=Count("id"),
            refused=Count("id", filter=Q(allowed=False)),
            people=Count("person_id", distinct=True),
        )
        return {row["client_id"]: Counts(row["entries"], row["refused"], row["people"]) for row in counted}


def _moment(identifier: UUID) -> datetime:
    """Return when an id was made: its first 48 bits count milliseconds (RFC 9562, section 5.7)."""
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, UTC)


def earned_from(actor: Actor, position: int, *, limit: int) -> list[Earned]:
    """Return the acts of the actor's client that earned a receipt, from a position of its log on, in its order."""
    with acting_as(actor, "muniment_auditor"):
        rows = Entry.objects.filter(client_id=actor.client, position__gte=position, event__in=sorted(EARNING))
        found = rows.order_by("position").values_list("position", "id", "person_id")[:limit]
        return [Earned(place, entry_id, person_id) for place, entry_id, person_id in found if place is not None]


def size(client_id: UUID) -> int:
    """Return how many entries of a client's log have their place in its tree."""
    with bound(Binding(client_id)):
        return ClientTree.objects.filter(client_id=client_id).values_list("size", flat=True).first() or 0
