"""What a witness must never forget: the last tree of each log that it cosigned."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from muniment.operations.errors import StartRefused
from muniment_verify.merkle import EMPTY_ROOT
from muniment_verify.notes import Checkpoint, Key, parse_vkey

Execute: TypeAlias = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]

MOST_CONFLICTS = 100  # of one log: one of them proves a fork as well as a thousand
TABLES = (
    "create table witness (vkey text primary key)",
    "create table log (origin text primary key, size bigint not null, root {bytes} not null, note text not null, "
    "at bigint not null)",
    "create table log_key (origin text not null references log (origin), vkey text not null, "
    "primary key (origin, vkey))",
    # the last cosigned checkpoint of each day: what the witness can still show years later
    "create table day (origin text not null references log (origin), day text not null, size bigint not null, "
    "note text not null, at bigint not null, primary key (origin, day))",
    "create table conflict (origin text not null references log (origin), size bigint not null, root {bytes} not null, "
    "ours text not null, theirs text not null, at bigint not null, primary key (origin, size, root))",
)


class StateUnavailable(Exception):
    """The state cannot be read or written now; nothing was signed."""


@dataclass(frozen=True)
class Head:
    """The last tree of a log that was cosigned; `note` is empty and `at` 0 before the first one."""

    origin: str
    size: int
    root: bytes
    note: str
    at: int


@dataclass(frozen=True)
class Conflict:
    """Two checkpoints of one size with different roots, both signed by the log."""

    origin: str
    size: int
    ours: str
    theirs: str
    at: int


class Held:
    """One log's state inside a transaction that nobody else can get in between."""

    def __init__(self, execute: Execute, head: Head) -> None:
        self._execute = execute
        self.head = head

    def move(self, new: Checkpoint, note: str, at: int) -> None:
        """Remember `new` as the last cosigned tree; on disk when the transaction ends."""
        origin = self.head.origin
        self._execute(
            "update log set size = %s, root = %s, note = %s, at = %s where origin = %s",
            (new.size, new.root, note, at, origin),
        )
        self._execute(
            "insert into day (origin, day, size, note, at) values (%s, %s, %s, %s, %s) on conflict (origin, day) "
            "do update set size = excluded.size, note = excluded.note, at = excluded.at",
            (origin, datetime.fromtimestamp(at, UTC).date().isoformat(), new.size, note, at),
        )

    def keep_conflict(self, new: Checkpoint, theirs: str, at: int) -> None:
        """Keep a signed checkpoint that contradicts the last cosigned one, with that one."""
        head = self.head
        (count,) = self._execute("select count(*) from conflict where origin = %s", (head.origin,))[0]
        if count < MOST_CONFLICTS:
            self._execute(
                "insert into conflict (origin, size, root, ours, theirs, at) values (%s, %s, %s, %s, %s, %s) "
                "on conflict (origin, size, root) do nothing",
                (head.origin, new.size, new.root, head.note, theirs, at),
            )


class State(ABC):
    """The state, wherever it lies; each call is a transaction of its own."""

    bytes_type: str

    @abstractmethod
    def _transaction(self, *, writes: bool) -> AbstractContextManager[Execute]:
        """Open a transaction; one that writes is on disk when the block ends, and undone when it raises.

        Raises:
            StateUnavailable: the state cannot be reached, or is kept busy by others.
        """

    locking = ""  # what makes a select keep its row until the transaction ends, where the transaction does not

    def create(self, vkey: str) -> None:
        """Make the tables of an empty state for the witness with this key.

        Raises:
            StartRefused: there is a state already.
        """
        with self._transaction(writes=True) as execute:
            if self._is_there(execute):
                raise StartRefused("There is the state of a witness already. Nothing was changed.")
            for table in TABLES:
                execute(table.format(bytes=self.bytes_type), ())
            execute("insert into witness (vkey) values (%s)", (vkey,))

    @abstractmethod
    def _is_there(self, execute: Execute) -> bool:
        """Tell whether there is a state already."""

    def require(self, vkey: str) -> None:
        """See that this is the state of the witness with this key: with another one it might sign a fork.

        Raises:
            StartRefused: it is of another witness, or of none.
        """
        with self._transaction(writes=False) as execute:
            found = execute("select vkey from witness", ()) if self._is_there(execute) else []
        if found != [(vkey,)]:
            raise StartRefused(
                "This is not the state that belongs to the key. A witness that has lost its state must not go on with "
                "the same key, because it might sign what contradicts what it signed before: make a new witness."
            )

    def add_key(self, key: Key, origin: str) -> None:
        """Let `key` sign checkpoints of the log `origin`; doing it again changes nothing."""
        with self._transaction(writes=True) as execute:
            execute(
                "insert into log (origin, size, root, note, at) values (%s, 0, %s, '', 0) "
                "on conflict (origin) do nothing",
                (origin, EMPTY_ROOT),
            )
            execute(
                "insert into log_key (origin, vkey) values (%s, %s) on conflict (origin, vkey) do nothing",
                (origin, key.vkey),
            )

    def drop_key(self, key: Key, origin: str) -> bool:
        """Trust `key` no longer for the log `origin`, whose last tree stays; tell whether it was trusted."""
        with self._transaction(writes=True) as execute:
            named = (origin, key.vkey)
            found = execute("select 1 from log_key where origin = %s and vkey = %s", named)
            execute("delete from log_key where origin = %s and vkey = %s", named)
            return bool(found)

    def keys(self, origin: str) -> list[Key]:
        """Return the keys that may sign checkpoints of a log; none for a log that is not known."""
        with self._transaction(writes=False) as execute:
            found = execute("select vkey from log_key where origin = %s order by vkey", (origin,))
        return [parse_vkey(vkey) for (vkey,) in found]

    def heads(self) -> list[Head]:
        """Return every log with its last cosigned tree, by origin."""
        with self._transaction(writes=False) as execute:
            return [
                Head(origin, size, bytes(root), note, at)
                for origin, size, root, note, at in execute(
                    "select origin, size, root, note, at from log order by origin", ()
                )
            ]

    def conflicts(self) -> list[Conflict]:
        """Return every proof of a fork, oldest first."""
        with self._transaction(writes=False) as execute:
            found = execute("select origin, size, ours, theirs, at from conflict order by at, origin", ())
        return [Conflict(*row) for row in found]

    def days(self, origin: str) -> list[str]:
        """Return the last cosigned checkpoint of each day, oldest first."""
        with self._transaction(writes=False) as execute:
            return [note for (note,) in execute("select note from day where origin = %s order by day", (origin,))]

    @contextmanager
    def holding(self, origin: str) -> Iterator[Held]:
        """Keep one log's state to oneself until the block ends."""
        with self._transaction(writes=True) as execute:
            [(size, root, note, at)] = execute(
                f"select size, root, note, at from log where origin = %s{self.locking}",  # noqa: S608 - a word of ours
                (origin,),
            )
            yield Held(execute, Head(origin, size, bytes(root), note, at))
