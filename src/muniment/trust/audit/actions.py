"""Write entries. There is no other way into the log, and no way out of it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError, connection, models
from psycopg import Error as DriverError

from muniment.core import clock, ids, unit
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.errors import PortalError
from muniment.trust.audit import queries
from muniment.trust.audit.canonical import Part, leaf_hash
from muniment.trust.audit.earning import earning, last_earned, note
from muniment.trust.audit.errors import LogUnwritable
from muniment.trust.audit.rehashing.running import rehash_all
from muniment.trust.audit.sequencing.loop import run_sequencer
from muniment.trust.audit.types import Event, Outcome
from muniment.trust.clients import queries as clients
from muniment.trust.vault import actions as vault
from muniment.trust.vault import queries as keys

__all__ = [
    "earning",
    "last_earned",
    "read_log",
    "record",
    "record_command",
    "record_page",
    "record_refusal",
    "run_sequencer",
]

log = structlog.get_logger("muniment.audit")
FORMAT = 1
READING = timedelta(minutes=15)
_INSERT = (
    "insert into entry (client_id, id, event, allowed, object_kind, object_id, person_id, leaf, core_commitment, "
    "private_commitment, core, private) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


def record(actor: Actor, event: Event, target: models.Model | None = None, **facts: Any) -> UUID:
    """Write one entry into the log of the actor's client, in the transaction of the act, and return its id.

    `facts` are ids, numbers, times and codes, never content or names.

    Raises:
        LogUnwritable: it cannot be written; whatever was done with it is undone.
    """
    if actor.client_id is None:
        raise LookupError("an entry belongs to the log of a client")
    kind, object_id = ("", None) if target is None else (target._meta.db_table, target.pk)
    entry_id = _write(actor, actor.client_id, event, kind, object_id, facts=facts, allowed=True)
    unit.note_entry(event)
    note(actor, event, entry_id)
    return entry_id


def read_log(actor: Actor) -> None:
    """Record that somebody opened the log, once in a quarter of an hour; the caller has checked `log:read`."""
    since = clock.now() - READING
    if actor.person_id is None or not queries.last_times(actor, actor.person_id, (Event.LOG_READ,), since):
        _record_reading(actor)


@unit.action
def _record_reading(actor: Actor) -> None:
    record(actor, Event.LOG_READ)


def rehash_logs(actor: Actor) -> None:
    """Hash all logs anew, write down what was found, and raise the alarm where something was; it takes a while."""
    done = rehash_all()
    if done.found:
        log.error("a log is not as it was signed", found=len(done.found), logs=done.logs)
    _record_rehash(actor, logs=done.logs, entries=done.entries, found=len(done.found))


@unit.action
def _record_rehash(actor: Actor, *, logs: int, entries: int, found: int) -> None:
    record(actor, Event.LOG_REHASHED, logs=logs, entries=entries, found=found)


@unit.action
def record_command(actor: Actor, *, command: str) -> None:
    """Write down that a command ("keys rotate") runs on the host; `actor` says for which account of the host."""
    record(actor, Event.COMMAND_RUN, command=command)


def record_refusal(
    actor: Actor, attempt: str, refusal: PortalError, target: tuple[str, UUID | None] = ("", None)
) -> None:
    """Write down that an act was refused and by which rule, in a transaction of its own.

    Raises:
        LogUnwritable: it cannot be written.
    """
    client_id = actor.client_id or clients.find_firm_id()
    if client_id is None or isinstance(refusal, LogUnwritable):
        return  # before set-up there is no log; and a log that takes no entry takes none about that either
    with unit.bound(Binding(client_id)):  # whoever was refused need not belong here
        facts = {"attempt": attempt, "rule": refusal.code}
        _write(actor, client_id, Event.REFUSED, *target, facts=facts, allowed=False)
    unit.note_kept(Event.REFUSED)


def record_page(
    actors: Iterable[Actor],
    event: Event,
    target: tuple[str, UUID | None] = ("", None),
    *,
    allowed: bool = True,
    **facts: Any,
) -> None:
    """Write that a page was opened, or refused, into the logs of the clients that each of `actors` acts within.

    One person, once for each client whose page it was: one round trip, all or none.

    Raises:
        LogUnwritable: it cannot be written.
    """
    rows = [(actor, _row(actor, actor.client, event, *target, facts=facts, allowed=allowed)) for actor in actors]
    if not rows:
        return
    with _unwritable():
        unit.write_each((Binding(actor.client), _INSERT, row) for actor, row in rows)
    unit.note_kept(event)


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
    row = _row(actor, client_id, event, kind, object_id, facts=facts, allowed=allowed)
    with _unwritable(), connection.cursor() as cursor:
        cursor.execute(_INSERT, row)
    entry_id: UUID = row[1]
    return entry_id


@contextmanager
def _unwritable() -> Iterator[None]:
    """Turn whatever keeps the database from taking an entry into the refusal of the act."""
    try:
        yield
    except (DatabaseError, DriverError) as error:
        log.error("log unwritable", kind=type(error).__name__)  # noqa: TRY400 - the error's text may hold an entry
        raise LogUnwritable from error


def _who_and_whence(actor: Actor) -> dict[str, Any]:
    """Return what an entry says of the person and of where they come from: the part that can be dropped."""
    came = {"link": actor.guest_link_id, "looking_as": actor.looking_as}
    return {
        "person": _plain(actor.person_id) or "",
        **{name: _plain(value) for name, value in came.items() if value is not None},
        "membership": _plain(actor.membership_id) or "",
        "kind": actor.kind,
        "ip": actor.ip,
        "country": actor.country,
        "device": actor.device,
        "device_known": actor.device_known,
        "via_api": actor.via_api,
        "session": _plain(actor.session_id) or "",
        "request": actor.request_id,
        "factors": list(actor.factors),
        "authenticated": actor.authenticated_at.isoformat(timespec="seconds") if actor.authenticated_at else "",
    }


def _row(
    actor: Actor,
    client_id: UUID,
    event: Event,
    kind: str,
    object_id: UUID | None,
    *,
    facts: dict[str, Any],
    allowed: bool,
) -> list[Any]:
    """Return the values of `_INSERT` for one entry, its parts sealed."""
    entry_id = ids.new()
    core = _part(
        {
            "v": FORMAT,
            "id": ids.public(entry_id),
            "event": str(event),
            "action": unit.running_action(),
            "at": clock.now().isoformat(timespec="microseconds"),
            "allowed": allowed,
            "object_kind": kind,
            "object_id": _plain(object_id) or "",
            "purpose": actor.purpose,
            "rules": actor.rules,
            "facts": {name: _plain(value) for name, value in facts.items()},
        }
    )
    private = _part(_who_and_whence(actor))
    sealed = [
        vault.seal_for(client_id, f"entry.{name}".encode() + entry_id.bytes, part.plain)
        for name, part in (("core", core), ("private", private))
    ]
    commitments = core.commitment, private.commitment
    leaf = leaf_hash(*commitments)
    return [client_id, entry_id, event, allowed, kind, object_id, actor.person_id, leaf, *commitments, *sealed]


def _part(facts: dict[str, Any]) -> Part:
    """Return a part of an entry, without any card number that got into a fact."""
    return Part.of(keys.without_card_numbers(facts, typed=False))


def _plain(value: Any) -> Any:
    """Return a fact as JSON has it: ids in their public form, because receipts and exports leave, and times as text."""
    if isinstance(value, UUID):
        return ids.public(value)
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


@unit.action
def report_contradiction(actor: Actor, *, witness: str, outcome: Outcome, seen: int) -> None:
    """Write down that a witness has seen another history of the register, or a longer one; `witness` is its key's id.

    `seen` is the size up to which it has cosigned.
    """
    record(actor, Event.WITNESS_CONTRADICTED, witness=witness, outcome=str(outcome), seen=seen)
