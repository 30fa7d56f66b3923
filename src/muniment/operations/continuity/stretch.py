"""What the agent remembers of the newest base backup: which one, and from where its write-ahead log is kept.

It lies beside the stretch, not in the database: a restored database must not know of backups of the machine it came
from. Where there is none, a base backup is due.
"""

import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from muniment.core.config import Config
from muniment.operations.continuity.wal import Segment


@dataclass(frozen=True)
class Stretch:
    """The newest base backup, the segment it begins in, the row of the log since then, and what was done when."""

    base_id: UUID
    wal_id: UUID
    begun_at: datetime
    timeline: int
    number: int
    pruned_on: date

    @property
    def first(self) -> Segment:
        """The segment the base backup begins in."""
        return Segment(self.timeline, self.number)

    def pruned(self, on: date) -> "Stretch":
        """Return the same, pruned on a day."""
        return replace(self, pruned_on=on)


def folder(present: Config) -> Path:
    """Return the directory of the write-ahead log since the newest base backup."""
    return present.stretch


def load(present: Config) -> Stretch | None:
    """Return what is remembered; None where there is nothing, or nothing that can be read."""
    try:
        said = json.loads(_path(present).read_text(encoding="ascii"))
        return Stretch(
            UUID(said["base_id"]),
            UUID(said["wal_id"]),
            datetime.fromisoformat(said["begun_at"]),
            int(said["timeline"]),
            int(said["number"]),
            date.fromisoformat(said["pruned_on"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def save(present: Config, stretch: Stretch) -> None:
    """Remember it; a crash leaves the old or the new."""
    path = _path(present)
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        json.dump(asdict(stretch), file, default=str)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def forget(present: Config) -> None:
    """Forget it: the next base backup is due at once."""
    _path(present).unlink(missing_ok=True)


def _path(present: Config) -> Path:
    return present.backups / "stretch.json"
