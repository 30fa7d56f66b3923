"""What an upgrade would do, found out before anything is changed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from muniment.core.config import Config
from muniment.operations import programs, readiness
from muniment.operations.continuity import marker, restic
from muniment.operations.database import SOCKET_NAME, SUPER, EmbeddedDatabase
from muniment.operations.errors import StartRefused
from muniment.operations.places import Accounts
from muniment.operations.upgrading import copies, major, notes
from muniment.operations.upgrading.copies import Room

MANY = 8  # migrations that are named


@dataclass(frozen=True)
class Plan:
    """What is there and what would be done: versions (empty where unknown), names of migrations, room in bytes.

    `pending` is None where only a newer PostgreSQL can tell.
    """

    version: str
    goes_to: str
    pending: tuple[str, ...] | None
    postgresql: str
    newer_postgresql: str
    room: Room
    saves: bool

    @property
    def is_major(self) -> bool:
        """Whether another major version of PostgreSQL wrote the database."""
        return self.postgresql != self.newer_postgresql

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.is_major and not self.pending

    def lines(self) -> list[str]:
        """Return the plan for people."""
        was = self.version or "an earlier version, which left no note"
        lines = [f"Muniment {self.goes_to}, over a database written by {was}."]
        if self.is_empty:
            return [*lines, "Nothing is to be done: the database is of this version."]
        change = f"{self.postgresql} to {self.newer_postgresql}, by pg_upgrade" if self.is_major else self.postgresql
        return [
            *lines,
            f"  PostgreSQL  {change}",
            f"  migrations  {self._migrations()}",
            "  way back    a copy of the database in before/" + (", and in the repository" if self.saves else ""),
            f"  room        {_mib(self.room.needed_bytes)} needed, {_mib(self.room.free_bytes)} free",
        ]

    def _migrations(self) -> str:
        if self.pending is None:
            return "known once PostgreSQL is of this version"
        named = ", ".join(self.pending[:MANY])
        return f"{len(self.pending)}: {named}" + (", …" if len(self.pending) > MANY else "")


def is_due(present: Config) -> bool:
    """Tell, without starting anything, whether another version may have written the database, or left off in it."""
    if present.database_url is not None:
        return False
    if notes.journal(present) is not None:
        return True
    return bool(major.written_by(present)) and (
        notes.written(present) != notes.ours() or major.written_by(present) != major.ours()
    )


def plan(present: Config, accounts: Accounts) -> Plan:
    """Return what an upgrade of the built-in server would do. Its server runs meanwhile, where it may.

    Raises:
        StartRefused: a newer version wrote the database, or the programs of an older PostgreSQL are gone.
    """
    written, now = notes.written(present), notes.ours()
    before = major.written_by(present)
    is_major = before != major.ours()
    if is_major and int(before) > int(major.ours()):
        raise StartRefused(
            f"The database was written by PostgreSQL {before}, which is newer than ours ({major.ours()}). Install the "
            "version of Muniment that wrote it, or a newer one."
        )
    if is_major:
        major.programs_of(present, before)
        pending = None
    else:
        pending = _pending(present, accounts)
    return Plan(
        written.version if written else "",
        now.version,
        pending,
        before,
        major.ours(),
        copies.room(present, copies=2 if is_major else 1),
        is_saved(present),
    )


def is_saved(present: Config) -> bool:
    """Tell whether there is a repository of backups that takes the copy, too."""
    return present.repository is not None and marker.exists(present.backups) and restic.is_installed()


def look(present: Config) -> dict[str, Any]:
    """Ask a running database which migrations it has and how many entries."""
    said = programs.run("upgrading.looking", present, "look", role="super")
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


@contextmanager
def running(present: Config, accounts: Accounts) -> Iterator[EmbeddedDatabase]:
    """Run the built-in server for as long as the block takes; one that runs already is used as it is.

    Raises:
        StartRefused: it does not come up.
    """
    server = EmbeddedDatabase.of(present, accounts.database)
    if readiness.database_answers(present.run / SOCKET_NAME, SUPER):
        yield server
        return
    server.start()
    try:
        yield server
    finally:
        server.stop()


def refuse_newer(found: dict[str, Any]) -> None:
    """Refuse a database that holds what a newer version made.

    Raises:
        StartRefused: it does.
    """
    if found["unknown"]:
        raise StartRefused(
            f"A newer version of Muniment than this one wrote the database: it knows {found['unknown'][-1]}. Install "
            "that version, or go back with it: muniment upgrade --back"
        )


def _pending(present: Config, accounts: Accounts) -> tuple[str, ...]:
    with running(present, accounts):
        found = look(present)
    refuse_newer(found)
    return () if found["is_fresh"] else tuple(found["pending"])


def _mib(count: int) -> str:
    return f"{count / 2**20:,.0f} MiB"
