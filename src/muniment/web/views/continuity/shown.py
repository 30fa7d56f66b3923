"""Backups, orders and drills as rows that templates print."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from django.utils import timezone

from muniment.assurance.continuity.types import BackupFacts, OrderFacts
from muniment.core import clock
from muniment.trust.identity import queries as identity
from muniment.web.views.continuity import words

STEPPED = {"asked", "taken"}


def run(row: BackupFacts) -> dict[str, Any]:
    """Return one backup as the timeline shows it."""
    tone, state = words.STATES[row.state]
    return {
        "id": row.id,
        "name": words.KINDS[row.kind],
        "tone": "blue" if row.kind == "wal" and row.state == "running" else tone,
        "state": state,
        "is_running": row.state == "running",
        "is_log": row.kind == "wal",
        "at": row.started_at,
        "moment": row.moment,
        "lasted": words.lasted((row.ended_at - row.started_at).total_seconds()) if row.ended_at else "",
        "read_bytes": row.bytes_read,
        "added_bytes": row.bytes_added,
        "version": row.version,
        "trouble": words.trouble(row.trouble),
    }


def by_day(rows: Iterable[BackupFacts]) -> list[dict[str, Any]]:
    """Return backups, newest first, under the days they began on."""
    grouped = groupby(rows, key=lambda row: timezone.localtime(row.started_at).date())
    return [{"day": day, "runs": [run(row) for row in some]} for day, some in grouped]


def orders(rows: Sequence[OrderFacts]) -> list[dict[str, Any]]:
    """Return orders with the names of those who asked."""
    people = identity.people({row.asked_by for row in rows if row.asked_by})
    return [order(row, people[row.asked_by].name if row.asked_by in people else "") for row in rows]


def order(row: OrderFacts, who: str) -> dict[str, Any]:
    """Return one order as pages show it, with how far it is."""
    tone, state = words.ORDER_STATES[row.state]
    begun = row.taken_at or row.asked_at
    return {
        "id": row.id,
        "what": words.WHAT[row.what],
        "is_restoration": row.what in {"restore_document", "restore_client"},
        "tone": tone,
        "state": state,
        "is_open": row.state in STEPPED,
        "is_done": row.state == "done",
        "is_failed": row.state == "failed",
        "who": who,
        "asked_at": row.asked_at,
        "ended_at": row.ended_at,
        "moment": row.moment,
        "step": words.step(row.what, row.step if row.state == "taken" else ""),
        "done": row.done,
        "total": row.total,
        "percent": min(100, row.done * 100 // row.total) if row.total else None,
        "lasted": words.lasted(((row.ended_at or clock.now()) - begun).total_seconds()),
        "trouble": words.trouble(row.trouble),
    }
