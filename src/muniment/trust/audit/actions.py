"""Write entries. There is no other way into the log, and no way out of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, models

from muniment.core import clock, ids, unit
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.errors import PortalError
from muniment.trust.audit import queries
from muniment.trust.audit.canonical import Part, leaf_hash
from muniment.trust.audit.sequencing.loop import run_sequencer
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients
from muniment.trust.vault import actions as vault
from muniment.trust.vault import queries as keys

__all__ = ["read_log", "record", "record_refusal", "run_sequencer"]

READING = timedelta(minutes=15)
_INSERT = (
    "insert into entry (client_id, id, event, allowed, object_kind, object_id, person_id, leaf, core_commitment, "
    "private_commitment, core, private) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


def record(actor: Actor, event: Event, target: models.Model | None = None, **facts: Any) -> UUID:
    """Write one entry into the log of the actor's client, in the transaction of the act, and return its id.

    `facts` are ids, numbers, times and codes, never content or names.
    """
    if actor.client_id is None:
        raise LookupError("an entry belongs to the log of a client")
    kind, object_id = ("", None) if target is None else (target._meta.db_table, target.pk)
    entry_id = _write(actor, actor.client_id, event, kind, object_id, facts=facts, allowed=True)
    unit.note_entry(event)
    return entry_id


def read_log(actor: Actor) -> None:
    """Record that somebody opened the log, once in a quarter of an hour; the caller has checked `log:read`."""
    since = clock.now() - READING
    if actor.person_id is None or not queries.last_times(actor, actor.person_id, (Event.LOG_READ,), since):
        _record_reading(actor)


@unit.action
def _record_reading(actor: Actor) -> None:
    record(actor, Event.LOG_READ)


def record_refusal(
    actor: Actor, attempt: str, refusal: PortalError, target: tuple[str, UUID | None] = ("", None)
) -> None:
    """Write down that an act was refused and by which rule, in a transaction of its own."""
    client_id = actor.client_id or clients.find_firm_id()
    if client_id is None:
        return  # before set-up there is no log: the only page there is answers by itself
    with unit.bound(Binding(client_id, actor.person_id)):
        facts = {"attempt": attempt, "rule": refusal.code}
        _write(actor, client_id, Event.REFUSED, *target, facts=facts, allowed=False)


def _write(
    actor: Actor,
    client_id: UUID,
    event: Event,
    kind: str,
    object_id: UUID | None,
    *,
    facts: dict[str, Any],
    allowed: bool,
) -> UUID:
    entry_id = ids.new()
    core = _part(
        {
            "id": str(entry_id),
            "event": str(event),
            "at": clock.now().isoformat(timespec="microseconds"),
            "allowed": allowed,
            "object_kind": kind,
            "object_id": str(object_id or ""),
            "purpose": actor.purpose,
            "facts": {name: _plain(value) for name, value in facts.items()},
        }
    )
    private = _part(
        {
            "person": str(actor.person_id or ""),
            "kind": actor.kind,
            "ip": actor.ip,
            "device": actor.device,
            "session": str(actor.session_id or ""),
            "request": actor.request_id,
            "factors": list(actor.factors),
        }
    )
    sealed = [
        vault.seal_for(client_id, f"entry.{name}".encode() + entry_id.bytes, part.plain)
        for name, part in (("core", core), ("private", private))
    ]
    commitments = core.commitment, private.commitment
    leaf = leaf_hash(*commitments)
    row = [client_id, entry_id, event, allowed, kind, object_id, actor.person_id, leaf, *commitments, *sealed]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, row)
    return entry_id


def _part(facts: dict[str, Any]) -> Part:
    """Return a part of an entry, without any card number that got into a fact."""
    return Part.of(keys.without_card_numbers(facts, typed=False))


def _plain(value: Any) -> Any:
    """Return a fact as JSON has it: ids and times as text."""
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
