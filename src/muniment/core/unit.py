"""One transaction, one actor: the frame around every action and every read."""

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Concatenate, ParamSpec, TypeVar

import psycopg
from django.db import connection, transaction

from muniment.core.actor import Actor
from muniment.core.db import binding
from muniment.core.db.binding import Binding, Role
from muniment.core.errors import PortalError

P = ParamSpec("P")
T = TypeVar("T")
Refusal = Callable[[Actor, str, PortalError], None]

ACTIONS: dict[str, Callable[..., object]] = {}  # every action by its full name, so that tests can go through them all

_entries: ContextVar[list[str] | None] = ContextVar("entries", default=None)
_framed: ContextVar[bool] = ContextVar("framed", default=False)
_kept: ContextVar[list[str] | None] = ContextVar("kept", default=None)
_running: ContextVar[str] = ContextVar("running", default="")
_record_refusal: list[Refusal] = []


class NoEntry(AssertionError):
    """An action finished without an entry in the log: a bug, so its work is undone."""


@contextmanager
def bound(values: Binding) -> Iterator[None]:
    """Open a transaction (or a savepoint) bound to `values`, and put the outer binding back at its end."""
    outer = binding.current.get()
    moved = connection.in_atomic_block and values != outer
    token = binding.current.set(values)
    try:
        with transaction.atomic():
            if moved:
                _rebind(values)
            yield
            if moved:
                # A binding outlives a savepoint: without this the outer work would go on as the inner.
                _rebind(outer)
    finally:
        binding.current.reset(token)


def _rebind(values: Binding) -> None:
    with connection.wrap_database_errors:
        binding.take(connection.connection, values)


def write_each(rows: Iterable[tuple[Binding, str, Sequence[Any]]]) -> None:
    """Run each statement bound to its own values, outside of any transaction: one round trip, all or none.

    Raises:
        DatabaseError: one of them cannot be; nothing is left of the others.
    """
    connection.ensure_connection()
    raw = connection.connection
    with connection.wrap_database_errors:
        try:
            with raw.pipeline():
                raw.execute("begin")
                for values, statement, parameters in rows:
                    binding.take(raw, values)
                    psycopg.Cursor(raw).execute(statement, parameters)
                raw.execute("commit")
        except BaseException:
            raw.rollback()
            raise


@contextmanager
def acting_as(actor: Actor, role: Role = "") -> Iterator[None]:
    """Open a transaction that sees only the rows of the client `actor` acts within."""
    with bound(Binding(actor.client_id, actor.belonging, role)):
        yield


@contextmanager
def desk(actor: Actor) -> Iterator[None]:
    """Open a read-only view over every client that `actor`'s person belongs to."""
    with acting_as(actor, "muniment_desk"):
        yield


def action(function: Callable[Concatenate[Actor, P], T]) -> Callable[Concatenate[Actor, P], T]:
    """Run `function(actor, ...)` in one bound transaction and insist that it leaves an entry in the log.

    A refusal (`PortalError`) undoes the work and is recorded in a second transaction. An action that
    calls another one is one act for the database: the inner one is a savepoint.
    """

    @functools.wraps(function)
    def run(actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> T:
        entries: list[str] = []
        token = _entries.set(entries)
        name = _running.set(_running.get() or function.__name__)
        try:
            with _recording_refusals(actor, function.__name__), acting_as(actor):
                result = function(actor, *args, **kwargs)
                if not entries:
                    raise NoEntry(function.__qualname__)
        finally:
            _entries.reset(token)
            _running.reset(name)
        for event in entries:
            note_entry(event)
        return result

    ACTIONS[f"{function.__module__}.{function.__qualname__}"] = run
    return run


def query(function: Callable[Concatenate[Actor, P], T]) -> Callable[Concatenate[Actor, P], T]:
    """Run a read in a transaction bound to the actor's client; it must return values, not lazy querysets."""

    @functools.wraps(function)
    def run(actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with _recording_refusals(actor, function.__name__), acting_as(actor):
            return function(actor, *args, **kwargs)

    return run


@contextmanager
def _recording_refusals(actor: Actor, attempt: str) -> Iterator[None]:
    """Record a refusal after its work is undone; only the outermost frame does, so that it is recorded once."""
    outermost = not _framed.get()
    token = _framed.set(True)
    try:
        yield
    except PortalError as refusal:
        if outermost:
            for record in _record_refusal:
                record(actor, attempt, refusal)
        raise
    finally:
        _framed.reset(token)


def note_entry(event: str) -> None:
    """Tell the running action, or whoever listens, that an entry was written; called by the log alone."""
    entries = _entries.get()
    if entries is None:
        note_kept(event)
    else:
        entries.append(event)


def note_kept(event: str) -> None:
    """Tell whoever listens that an entry stays, whatever becomes of the act around it: that of a refusal does."""
    kept = _kept.get()
    if kept is not None:
        kept.append(event)


def running_action() -> str:
    """Return the name of the outermost action that runs now; empty outside of any."""
    return _running.get()


@contextmanager
def listening() -> Iterator[list[str]]:
    """Give a list that the events of entries come into as soon as they are there to stay."""
    kept: list[str] = []
    token = _kept.set(kept)
    try:
        yield kept
    finally:
        _kept.reset(token)


def record_refusals_with(record: Refusal) -> None:
    """Set who writes refusals down; called once by the log when it is ready."""
    _record_refusal[:] = [record]
