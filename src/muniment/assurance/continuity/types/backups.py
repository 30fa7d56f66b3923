"""Backups as they are shown."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

Kind = Literal["base", "incremental", "wal", "store", "bundle"]


class Trouble(StrEnum):
    """Why a backup, a check or an order failed."""

    AWAY = "away"  # the repository does not answer, or its place is not there
    LOCKED = "locked"  # somebody else writes to it
    DAMAGED = "damaged"  # what was written there cannot be read back
    FULL = "full"  # no room is left in it
    WRONG_PASSWORD = "wrong-password"  # noqa: S105 - a state; keys/backup.key is not the one it was made with
    NO_DATABASE = "no-database"  # the database does not answer
    INTERRUPTED = "interrupted"  # the agent died or was stopped in the middle
    GAP = "gap"  # a piece of the write-ahead log is missing
    NO_ROOM = "no-room"  # this machine's disk is full
    NOT_FOUND = "not-found"  # what was asked for is in no backup
    REFUSED = "refused"  # a rule forbids it; the log says which
    BROKEN = "broken"  # something else; the agent's log says what


@dataclass(frozen=True)
class BackupFacts:
    """One backup. `moment` is the newest moment it can bring back; what was read and added is in bytes."""

    id: UUID
    kind: Kind
    state: Literal["running", "done", "failed"]
    started_at: datetime
    ended_at: datetime | None
    moment: datetime | None
    bytes_read: int
    bytes_added: int
    snapshot_id: str
    version: str
    migrations: str
    trouble: str
