"""Where a witness keeps what is its own: a folder with its key, and its state there or in a database."""

import os
from dataclasses import dataclass
from pathlib import Path

from muniment.operations.errors import StartRefused
from muniment.operations.witness import keys
from muniment.operations.witness.keys import WitnessKey
from muniment.operations.witness.postgresql import PostgresqlState
from muniment.operations.witness.sqlite import SqliteState
from muniment.operations.witness.state import State

KEY = "witness.key"
STATE = "state.sqlite3"
DATABASE = "database.url"  # there when the state lies in PostgreSQL; it may hold a password


@dataclass(frozen=True)
class Place:
    """The key of a witness and its state."""

    key: WitnessKey
    state: State


def make(folder: Path, name: str, database_url: str | None) -> Place:
    """Make a witness with a new key and an empty state.

    Raises:
        StartRefused: there is one in the folder or in the database already, or the name is none.
        StateUnavailable: the database cannot be reached.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / STATE).exists() or (folder / DATABASE).exists():
        raise StartRefused(f"There is a witness in {folder} already. Nothing was changed.")
    key = keys.create(folder / KEY, name)
    try:
        state = _made_state(folder, key, database_url)
    except BaseException:
        (folder / KEY).unlink()  # it has signed nothing yet
        raise
    return Place(key, state)


def _made_state(folder: Path, key: WitnessKey, database_url: str | None) -> State:
    state: PostgresqlState | SqliteState
    if database_url is None:
        state = SqliteState(folder / STATE)
        state.make_file()
        state.create(key.public.vkey)
        return state
    state = PostgresqlState(database_url)
    state.make_schema()
    state.create(key.public.vkey)
    with os.fdopen(os.open(folder / DATABASE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(database_url + "\n")
    return state


def find(folder: Path) -> Place:
    """Return the witness of a folder, having seen that key and state belong together.

    Raises:
        StartRefused: there is none, its key can be read by others, or its state is of another key.
        StateUnavailable: the state cannot be read.
    """
    key = keys.load(folder / KEY)
    address = folder / DATABASE
    state: State
    if address.exists():
        state = PostgresqlState(address.read_text().strip())
    elif (folder / STATE).exists():
        state = SqliteState(folder / STATE)
    else:
        raise StartRefused(
            f"The state of this witness is gone: there is no {folder / STATE}. A witness that has lost its state must "
            "not go on with the same key: make a new one, and tell those who trust the old one."
        )
    state.require(key.public.vkey)
    return Place(key, state)
