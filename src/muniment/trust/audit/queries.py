"""Read the log of one client."""

import json
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.trust.audit.canonical import SALT_BYTES
from muniment.trust.audit.confirming.confirmations import (
    authority_facts,
    last_witnessed_at,
    time_stamps,
    witness_facts,
    witnessed_head_covering,
)
from muniment.trust.audit.confirming.health import contradictions
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
from muniment.trust.audit.models import Entry
from muniment.trust.audit.proving.export import export_lines
from muniment.trust.audit.proving.health import ALARM_SECONDS, alarms, log_health
from muniment.trust.audit.proving.receipts import promise, promise_header, receipt
from muniment.trust.audit.proving.trees import (
    checkpoint,
    consistency,
    heads,
    inclusion,
    log_keys,
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
    "heads",
    "inclusion",
    "last_acts",
    "last_times",
    "last_witnessed_at",
    "log_health",
    "log_keys",
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


def last_times(actor: Actor, person_id: UUID, events: tuple[str, ...], since: datetime) -> list[datetime]:
    """Return when a person last did any of `events` in the actor's client since a moment: one time or none."""
    with acting_as(actor, "muniment_auditor"):
        rows = Entry.objects.filter(client_id=actor.client, person_id=person_id, event__in=events, at__gte=since)
        return list(rows.order_by("-id").values_list("at", flat=True)[:1])


def last_acts(actor: Actor, person_id: UUID, events: tuple[str, ...], since: datetime) -> dict[UUID, datetime]:
    """Return when a person last did one of `events` with each object of the actor's client since a moment."""
    with acting_as(actor, "muniment_auditor"):
        rows = Entry.objects.filter(
            client_id=actor.client, person_id=person_id, event__in=events, at__gte=since, object_id__isnull=False
        )
        found = rows.values_list("object_id").annotate(last=Max("at")).values_list("object_id", "last")
        return {object_id: last for object_id, last in found if object_id is not None}


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
