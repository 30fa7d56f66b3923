"""What a transaction is bound to: one client, one person, one database role; and the proof that we bound it.

The database takes a binding only with a proof, made with a key that statements cannot reach, and seals it for this
one transaction with a secret that no role of the running portal can read. Whoever smuggles a statement in can
neither bind a transaction nor move a binding to another one.
"""

import functools
import hmac
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from uuid import UUID
from weakref import WeakKeyDictionary

import psycopg

from muniment.core import config
from muniment.core.config.database import binding_key

Role = Literal["", "muniment_desk", "muniment_auditor", "muniment_sequencer"]


@dataclass(frozen=True)
class Binding:
    """The values every transaction starts with; empty ones show no client's row."""

    client_id: UUID | None = None
    person_id: UUID | None = None
    role: Role = ""


UNBOUND = Binding()
current: ContextVar[Binding] = ContextVar("binding", default=UNBOUND)

_BIND = "select app.bind(%s, %s, %s, %s), set_config('role', %s, true)"
_UNBIND = "select set_config('app.binding', '', true), set_config('role', 'none', true)"
_NOBODY = bytes(16)
_NO_KEY = (
    "{} cannot be read, so no transaction can be bound to a client. Copy it from the host where `muniment migrate` "
    "ran, or restore it from your key backup"
)
_OTHER_KEY = "this binding is not proved: the database has another key than this process; run `muniment migrate`"
_numbers: WeakKeyDictionary["psycopg.Connection[Any]", int] = WeakKeyDictionary()
"""The number by which the database knows a connection, where a pooler between us and it tells another one."""


def take(raw: "psycopg.Connection[Any]", values: Binding) -> None:
    """Bind the open transaction of `raw` to `values`, in the place of what it was bound to.

    Raises:
        psycopg.errors.InsufficientPrivilege: the database has another key than this process.
        psycopg.OperationalError: the file of the key cannot be read.
    """
    _confirm(raw, _send(raw, values), values)


def begin(raw: "psycopg.Connection[Any]", values: Binding) -> None:
    """Begin a transaction that is bound from its first statement on, in one round trip; raises as `take`."""
    if values == UNBOUND:
        raw.execute("begin")
        return
    with raw.pipeline():
        raw.execute("begin")
        sent = _send(raw, values)
    _confirm(raw, sent, values)


def _send(raw: "psycopg.Connection[Any]", values: Binding) -> "psycopg.Cursor[Any]":
    """Ask for the binding.

    The values travel beside the statement, never in it: other processes of the same role may read the statements
    that run, and would find a proof in them.
    """
    cursor = psycopg.Cursor(raw)  # Django's own writes the values into the statement
    if values == UNBOUND:
        return cursor.execute(_UNBIND)
    proved = proof(_key(config.current().server_key), _numbers.get(raw, raw.info.backend_pid), values)
    return cursor.execute(_BIND, (values.client_id, values.person_id, values.role, proved, values.role or "none"))


def _confirm(raw: "psycopg.Connection[Any]", sent: "psycopg.Cursor[Any]", values: Binding) -> None:
    """Look whether the binding was taken; behind a pooler the connection may be another than last time."""
    (number, _) = sent.fetchone() or (None, None)
    if values == UNBOUND or number is None:
        return
    if number == _numbers.get(raw, raw.info.backend_pid):
        raise psycopg.errors.InsufficientPrivilege(_OTHER_KEY)
    _numbers[raw] = number
    take(raw, values)


def proof(key: bytes, backend_pid: int, values: Binding) -> bytes:
    """Return the 32 bytes that `app.bind` asks for: they fit one connection, one client, one person and one role."""
    number = backend_pid.to_bytes(4, "big", signed=True)  # a pooler's own numbers may be negative
    client, person = (
        identifier.bytes if identifier else _NOBODY for identifier in (values.client_id, values.person_id)
    )
    return hmac.digest(key, number + client + person + values.role.encode(), "sha256")


@functools.lru_cache(maxsize=4)
def _key(server_key: Path) -> bytes:
    try:
        return binding_key(server_key)
    except OSError as error:  # to everything above it is an outage: nothing can be read or written
        raise psycopg.OperationalError(_NO_KEY.format(server_key)) from error
