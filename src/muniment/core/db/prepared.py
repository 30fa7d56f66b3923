"""Queries of the way that every page takes: put into words once, and planned once on each connection.

Django puts a query into words anew each time it is asked, and the database plans it anew: for the few small ones that
run for every page, that is most of what they cost. What they say stays in one place, as querysets.
"""

import inspect
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID, uuid4

import psycopg
from django.db import connection
from django.db.models import BooleanField, F, Func, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.query import FlatValuesListIterable, ModelIterable

Row = TypeVar("Row")

_MARKS: dict[Any, Callable[[], object]] = {
    UUID: uuid4,
    datetime: lambda: datetime.fromtimestamp(secrets.randbelow(2**31) + secrets.randbelow(10**6) / 10**6, UTC),
    date: lambda: date.fromordinal(1 + secrets.randbelow(date.max.toordinal())),
    str: lambda: secrets.token_hex(16),
    bytes: lambda: secrets.token_bytes(32),
    list[UUID]: lambda: [uuid4()],
    list[str]: lambda: [secrets.token_hex(16)],
}


@dataclass(frozen=True)
class _Gap:
    """Where a value goes."""

    name: str


@dataclass(frozen=True)
class _Words:
    """A query in the words of the database, and what makes values of Django's out of its rows."""

    sql: str
    parameters: tuple[object, ...]
    compiler: Any
    converters: Any
    columns: tuple[str, ...]


class Prepared(Generic[Row]):
    """A queryset, made by a function of ids, moments and texts, that is asked again and again with other ones.

    The function is called once; it decides nothing by what it is given. Rows come as the queryset would give them:
    those of a model (without related ones), single values, or tuples.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Row]]) -> None:
        """Take what makes the queryset; each of its parameters is annotated with its type."""
        self._make = make
        self._words: _Words | None = None
        self._iterable: Any = None
        self._model: Any = None

    def __call__(self, **values: object) -> list[Row]:
        """Return the rows for these values, within the transaction that is open."""
        return self.read(run(*self.statement(**values)))

    def statement(self, **values: object) -> tuple[str, list[object]]:
        """Return the statement and its values, for whoever asks several at once; `read` takes the rows."""
        words = self._words or self._put_into_words()
        return words.sql, [values[one.name] if isinstance(one, _Gap) else one for one in words.parameters]

    def read(self, rows: Sequence[tuple[Any, ...]]) -> list[Row]:
        """Return rows of the database as the queryset would give them."""
        words = self._words or self._put_into_words()
        found: Any = rows
        if words.converters:
            found = words.compiler.apply_converters(rows, words.converters)
        if self._iterable is FlatValuesListIterable:
            return [row[0] for row in found]
        if self._iterable is ModelIterable:
            return [self._model.from_db(connection.alias, words.columns, row) for row in found]
        return list(found)

    def _put_into_words(self) -> _Words:
        signature = inspect.signature(self._make, eval_str=True)
        marks = {name: _MARKS[one.annotation]() for name, one in signature.parameters.items()}
        asked = self._make(**marks)
        compiler = asked.query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        placed = tuple(_gap(one, marks) for one in parameters)
        if {one.name for one in placed if isinstance(one, _Gap)} != marks.keys():
            raise LookupError(f"the query of {self._make.__qualname__} does not ask for all that it is given")
        select = [column for column, _sql, _alias in compiler.select]
        self._iterable, self._model = asked._iterable_class, asked.model  # noqa: SLF001 - it tells nobody else
        self._words = _Words(
            sql,
            placed,
            compiler,
            compiler.get_converters(select),
            tuple(column.target.attname for column in select if hasattr(column, "target")),
        )
        return self._words


def among(column: str, values: Sequence[object], kind: Literal["uuid", "text"] = "uuid") -> Q:
    """Return the condition that a column is one of some values, in words that are the same however many there are."""
    array = RawSQL(f"%s::{kind}[]", [values])  # noqa: S611 # nosec B611 - the values are a parameter
    said = Func(F(column), array, arg_joiner=" = any", template="%(expressions)s", output_field=BooleanField())
    return Q(said)


def _gap(parameter: object, marks: Mapping[str, object]) -> object:
    """Return which value stands in the place of a parameter; one that the queryset has itself stays."""
    while isinstance(parameter, psycopg.Binary):
        parameter = parameter.obj
    same = (name for name, mark in marks.items() if type(mark) is type(parameter) and mark == parameter)
    return next((_Gap(name) for name in same), parameter)


def run(sql: str, values: Sequence[object] | Mapping[str, object]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement that the database plans once on each connection.

    Its values travel beside it. Behind a pooler it is planned anew: see `binding`.
    """
    connection.validate_no_broken_transaction()
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    raw = connection.connection
    with connection.wrap_database_errors:
        return psycopg.Cursor(raw).execute(sql, values, prepare=True).fetchall()
