"""The state in PostgreSQL: for a witness that several machines serve, or whose backups are the database's."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from muniment.operations.witness.state import Execute, State, StateUnavailable

SCHEMA = "muniment_witness"
CONNECT_SECONDS = 5
OPTIONS = f"-c search_path={SCHEMA} -c statement_timeout=5s -c lock_timeout=5s -c synchronous_commit=on"


class PostgresqlState(State):
    """Tables in a schema of their own, in a database of the witness's operator."""

    bytes_type = "bytea"
    locking = " for update"

    def __init__(self, url: str) -> None:
        """Take the address of the database; it may hold a password, so it is never shown."""
        self._url = url

    def make_schema(self) -> None:
        """Make the schema, if it is not there yet."""
        with self._transaction(writes=True) as execute:
            execute(f"create schema if not exists {SCHEMA}", ())

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Execute]:
        try:
            with psycopg.connect(self._url, connect_timeout=CONNECT_SECONDS, options=OPTIONS) as database:
                database.read_only = not writes
                yield _executing(database)
        except psycopg.Error as error:
            raise StateUnavailable(f"The database of the witness cannot be used: {type(error).__name__}.") from error

    def _is_there(self, execute: Execute) -> bool:
        return execute("select to_regclass(%s)::text", (f"{SCHEMA}.witness",)) != [(None,)]


def _executing(database: "psycopg.Connection[tuple[Any, ...]]") -> Execute:
    def execute(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        found = database.execute(sql.encode(), values or None)
        return found.fetchall() if found.description is not None else []

    return execute
