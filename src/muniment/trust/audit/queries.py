"""Read the log of one client."""

import json
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet

from muniment.core.actor import Actor
from muniment.core.db.prepared import Prepared, among
from muniment.core.unit import acting_as, desk
from muniment.trust.audit.canonical import SALT_BYTES
from muniment.trust.audit.confirming.confirmations import (
    authority_facts,
    last_witnessed_at,
    time_stamps,
    witness_facts,
    witnessed_head_covering,
)
from muniment.trust.audit.confirming.health import contradictions
from muniment.trust.audit.epochs.former import former_logs, former_registers
from muniment.trust.audit.epochs.newest import newest_heads
from muniment.trust.audit.looking import (
    Counts,
    DayCount,
    LogFilter,
    Step,
    count,
    counts_across,
    days,
    earned_from,
    matching,
    newest_across,
    size,
)
from muniment.trust.audit.models import ClientTree, Entry
from muniment.trust.audit.proving.export import export_lines
from muniment.trust.audit.proving.health import ALARM_SECONDS, alarms, log_health
from muniment.trust.audit.proving.receipts import promise, promise_header, receipt
from muniment.trust.audit.proving.trees import (
    checkpoint,
    consistency,
    heads,
    inclusion,
    log_keys,
    newest_register_head,
    origin_of,
    register_checkpoint,
    register_consistency,
    register_heads,
    register_inclusion,
    register_origin,
)
from muniment.trust.audit.types import EntryFacts
from muniment.trust.vault import actions as vault

__all__ = [
    "ALARM_SECONDS",
    "PAGE",
    "Counts",
    "DayCount",
    "LogFilter",
    "Step",
    "alarms",
    "authority_facts",
    "checkpoint",
    "consistency",
    "contradictions",
    "count",
    "counts_across",
    "days",
    "earned_from",
    "entries",
    "entries_across",
    "export_lines",
    "follow",
    "former_logs",
    "former_registers",
    "heads",
    "inclusion",
    "last_acts",
    "last_acts_across",
    "last_times",
    "last_witnessed_at",
    "log_health",
    "log_keys",
    "newest_heads",
    "newest_register_head",
    "origin_of",
    "promise",
    "promise_header",
    "receipt",
    "register_checkpoint",
    "register_consistency",
    "register_heads",
    "register_inclusion",
    "register_origin",
    "size",
    "time_stamps",
    "witness_facts",
    "witnessed_head_covering",
]
PAGE = 50
NEWEST = 5


def entries(
    actor: Actor, wanted: LogFilter | None = None, *, before: UUID | None = None, limit: int = PAGE
) -> list[EntryFacts]:
    """Return at most `limit` entries of the actor's client that are older than entry `before`, newest first."""
    with acting_as(actor, "muniment_auditor"):
        rows = matching(Entry.objects.filter(client_id=actor.client), wanted or LogFilter()).order_by("-id")
        if before is not None:
            rows = rows.filter(id__lt=before)
        found = list(rows[:limit])
    return list(_opened(found))


def newest(actor: Actor, events: Collection[str]) -> list[EntryFacts]:
    """Return the newest five entries of some kinds of the actor's client, for a page that shows no more."""
    with acting_as(actor, "muniment_auditor"):
        return list(_opened(_NEWEST(client_id=actor.client, events=list(events))))


def _newest(client_id: UUID, events: list[str]) -> QuerySet[Entry]:
    return Entry.objects.filter(among("event", events, "text"), client_id=client_id).order_by("-id")[:NEWEST]


_NEWEST = Prepared(_newest)


def entries_across(
    actor: Actor,
    client_ids: Collection[UUID],
    wanted: LogFilter | None = None,
    *,
    before: UUID | None = None,
    limit: int = PAGE,
) -> list[tuple[UUID, EntryFacts]]:
    """Return entries of several clients, each with its client, newest first.

    The database shows those of clients alone in whose whole log the actor's person may read.
    """
    found = newest_across(actor, client_ids, wanted or LogFilter(), before=before, limit=limit)
    return [(row.client_id, facts) for row, facts in zip(found, _opened(found), strict=True)]


def follow(actor: Actor, position: int, events: Collection[str], *, limit: int = PAGE) -> tuple[list[EntryFacts], int]:
    """Return what was done since a position of the client's log, in its order, and the position to go on from.

    Only acts of these kinds are opened, and at most `limit`; refusals are left out. Numbers have no gaps and come in
    the order of commits, so whoever keeps the position with what it made of the entries misses none and has none twice.
    """
    with acting_as(actor, "muniment_auditor"):
        end = ClientTree.objects.filter(client_id=actor.client).values_list("size", flat=True).first() or 0
        rows = Entry.objects.filter(
            client_id=actor.client, position__gte=position, position__lt=end, event__in=sorted(events), allowed=True
        )
        found = list(rows.order_by("position")[:limit])
    if len(found) == limit:
        end = (found[-1].position or 0) + 1
    return list(_opened(found)), max(position, end)


def last_times(actor: Actor, person_id: UUID, events: tuple[str, ...], since: datetime) -> list[datetime]:
    """Return when a person last did any of `events` in the actor's client since a moment: one time or none."""
    with acting_as(actor, "muniment_auditor"):
        rows = Entry.objects.filter(client_id=actor.client, person_id=person_id, event__in=events, at__gte=since)
        return list(rows.order_by("-id").values_list("at", flat=True)[:1])


def last_acts(actor: Actor, person_id: UUID, events: tuple[str, ...], since: datetime) -> dict[UUID, datetime]:
    """Return when a person last did one of `events` with each object of the actor's client since a moment."""
    with acting_as(actor, "muniment_auditor"):
        return dict(_LAST(client_id=actor.client, person_id=person_id, events=list(events), since=since))


def last_acts_across(
    actor: Actor, things: Collection[tuple[UUID, UUID]], events: tuple[str, ...], since: datetime
) -> dict[UUID, datetime]:
    """Return when the actor last did one of `events` with each of some things since a moment: (client, id) of each.

    The database shows entries of those clients alone in whose whole log they may read.
    """
    if actor.person_id is None:
        return {}
    with desk(actor):
        found = _LAST_WITH(
            client_ids=list({client_id for client_id, _thing in things}),
            object_ids=[thing for _client_id, thing in things],
            person_id=actor.person_id,
            events=list(events),
            since=since,
        )
    return dict(found)


def _last_with(
    client_ids: list[UUID], object_ids: list[UUID], person_id: UUID, events: list[str], since: datetime
) -> QuerySet[Any, tuple[UUID, datetime]]:
    here = among("client_id", client_ids), among("object_id", object_ids)
    rows = Entry.objects.filter(*here, among("event", events, "text"))
    acts = rows.filter(person_id=person_id, at__gte=since).values_list("object_id").annotate(last=Max("at"))
    found: QuerySet[Any, Any] = acts.values_list("object_id", "last")
    return found


def _last(client_id: UUID, person_id: UUID, events: list[str], since: datetime) -> QuerySet[Any, tuple[UUID, datetime]]:
    rows = Entry.objects.filter(among("event", events, "text"), client_id=client_id, person_id=person_id, at__gte=since)
    acts = rows.filter(object_id__isnull=False).values_list("object_id").annotate(last=Max("at"))
    found: QuerySet[Any, Any] = acts.values_list("object_id", "last")
    return found


_LAST, _LAST_WITH = Prepared(_last), Prepared(_last_with)


def _opened(rows: Iterable[Entry]) -> Iterable[EntryFacts]:
    for row in rows:
        core = _part(row, "core", row.core)
        private = _part(row, "private", row.private)
        yield EntryFacts(
            id=row.id,
            at=row.at,
            event=row.event,
            allowed=row.allowed,
            object_kind=row.object_kind,
            object_id=row.object_id,
            person_id=row.person_id,
            person_kind=private.get("kind", ""),
            purpose=core.get("purpose", ""),
            facts=core.get("facts", {}),
            ip=private.get("ip"),
            device=private.get("device"),
            action=core.get("action", ""),
            country=private.get("country"),
            membership=private.get("membership"),
            session=private.get("session"),
            request=private.get("request"),
            rules=core.get("rules", ""),
            factors=tuple(private["factors"]) if "factors" in private else None,
            authenticated=private.get("authenticated"),
            device_known=private.get("device_known"),
            via_api=private.get("via_api"),
            link=private.get("link"),
            looking_as=private.get("looking_as"),
        )


def _part(row: Entry, name: str, sealed: bytes | memoryview | None) -> dict[str, Any]:
    """Return an entry's part, or nothing once it was dropped by retention or erasure."""
    if sealed is None:
        return {}
    plain = vault.open_for(row.client_id, f"entry.{name}".encode() + row.id.bytes, bytes(sealed))
    loaded: dict[str, Any] = json.loads(plain[SALT_BYTES:])
    return loaded
