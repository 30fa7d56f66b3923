"""The state in a file of SQLite: for a witness on one machine."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from muniment.operations.errors import StartRefused
from muniment.operations.witness.state import Execute, State, StateUnavailable

BUSY_SECONDS = 5.0


class SqliteState(State):
    """One file; what a transaction wrote is on disk when it ends."""

    bytes_type = "blob"

    def __init__(self, path: Path) -> None:
        self._path = path

    def make_file(self) -> None:
        """Make an empty file that its owner alone can read.

        Raises:
            StartRefused: there is one already.
        """
        try:
            os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        except FileExistsError:
            raise StartRefused(f"There is the state of a witness already: {self._path}. Nothing was changed.") from None

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Execute]:
        # mode=rw never makes a file: a witness that lost its state must not begin again with an empty one
        address = f"{self._path.absolute().as_uri()}?mode=rw"
        try:
            with closing(sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None)) as database:
                database.execute("pragma journal_mode = wal")
                database.execute("pragma synchronous = full")
                database.execute("pragma foreign_keys = on")
                database.execute("begin immediate" if writes else "begin")
                yield _executing(database)
                database.execute("commit")  # closing without it undoes everything
        except sqlite3.Error as error:
            raise StateUnavailable(f"The state {self._path} cannot be used: {error}.") from error

    def _is_there(self, execute: Execute) -> bool:
        return bool(execute("select 1 from sqlite_master where name = 'witness'", ()))


def _executing(database: sqlite3.Connection) -> Execute:
    def execute(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        return database.execute(sql.replace("%s", "?"), values).fetchall()

    return execute
