"""The write-ahead log on its way into the repository: the server's archive command, the spool, the stretch.

The server puts each finished segment, packed, into the spool; the agent moves it into the stretch, the directory
of all segments since the newest base backup, and saves that. So one snapshot brings back all that is needed.
"""

import os
import re
import shlex
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from muniment.core.config import Config
from muniment.operations.continuity import restic, room

SEGMENT = re.compile(r"([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})\.gz")
OTHER = re.compile(r"([0-9A-F]{8}\.history|[0-9A-F]{24}\.[0-9A-F]{8}\.backup)\.gz")
IN_A_FILE = 256  # segments of 16 MiB in one of the server's 4 GiB "log files"


@dataclass(frozen=True, order=True)
class Segment:
    """One segment of 16 MiB: the timeline it is of, and its number since the beginning."""

    timeline: int
    number: int

    @classmethod
    def of(cls, name: str) -> "Segment | None":
        """Return the segment of a packed file's name; None where the file is something else."""
        found = SEGMENT.fullmatch(name if name.endswith(".gz") else f"{name}.gz")
        if found is None:
            return None
        timeline, high, low = (int(part, 16) for part in found.groups())
        return cls(timeline, high * IN_A_FILE + low)


def archive_command(spool: Path) -> str:
    """Return the server's archive command: packed, synced, under its name only when it is whole.

    The same segment may come twice after a crash and is then compared. It fails, and the server keeps the segment
    and tries again, when the spool is not there. The file has the time at which the segment was last written to.

    Where the disk is all but full it keeps nothing and does not fail: neither the spool nor the segments that the
    server would keep itself may stop the portal. The agent notices the gap, and makes a new base backup.

    Source: PostgreSQL, "Continuous Archiving", 25.3.1.
    """
    place = shlex.quote(str(spool)).replace("%", "%%")
    return (
        f"f={place}/%f.gz; "
        f'n=$(stat -fc "%%a*%%S" {place}) && '
        'if test -e "$f"; then gzip -1nc "%p" | cmp -s - "$f"; '
        f"elif test $(($n)) -lt {room.LEAST_FREE_BYTES}; then "
        'echo "The disk is all but full: %f was not put aside." >&2; else '
        'gzip -1nc "%p" > "$f.part" && touch -r "%p" "$f.part" && sync "$f.part" && mv "$f.part" "$f"; '
        f"fi && sync {place}"
    )


def server_settings(present: Config) -> dict[str, str]:
    """Return what the built-in server is told about its write-ahead log."""
    if present.repository is None or not can_archive():
        return {"archive_mode": "off"}
    return {
        "archive_mode": "on",
        "archive_command": archive_command(present.spool),
        "archive_timeout": f"{segment_seconds(present)}s",
    }


def can_archive() -> bool:
    """Tell whether this machine has what point-in-time recovery needs."""
    return restic.is_installed() and shutil.which("gzip") is not None


def segment_seconds(present: Config) -> int:
    """Return after how many seconds a segment ends that is not full: a fifth of what may be lost, 60 at most."""
    return max(6, min(60, present.rpo_minutes * 60 // 5))


def push_seconds(present: Config) -> float:
    """Return how many seconds lie between two looks into the spool."""
    return max(3.0, min(30.0, present.rpo_minutes * 60 / 10))


def take(spool: Path, stretch: Path) -> datetime | None:
    """Move what came into the stretch, and return until when that reaches (UTC); None where nothing came."""
    newest = None
    for path in sorted(spool.glob("*.gz")):
        if SEGMENT.fullmatch(path.name) or OTHER.fullmatch(path.name):
            moment = path.stat().st_mtime
            _move(path, stretch / path.name)
            newest = max(newest or moment, moment) if SEGMENT.fullmatch(path.name) else newest
    return datetime.fromtimestamp(newest, UTC) if newest is not None else None


def _move(path: Path, into: Path) -> None:
    try:
        path.rename(into)
    except OSError:  # the spool is another file system
        part = into.with_name(into.name + ".part")
        shutil.copy2(path, part)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.rename(into)
        path.unlink()


def drop(*places: Path) -> int:
    """Remove all that waits in directories, and return how many bytes that were."""
    freed = 0
    for place in places:
        for path in place.glob("*.gz"):
            with suppress(FileNotFoundError):
                freed += path.stat().st_size
                path.unlink()
    return freed


def segments(stretch: Path) -> list[Segment]:
    """Return the segments of a stretch, in order."""
    found = (Segment.of(path.name) for path in stretch.glob("*.gz"))
    return sorted(segment for segment in found if segment is not None)


def newest(stretch: Path) -> datetime | None:
    """Return until when a stretch reaches (UTC)."""
    moments = [path.stat().st_mtime for path in stretch.glob("*.gz") if SEGMENT.fullmatch(path.name)]
    return datetime.fromtimestamp(max(moments), UTC) if moments else None


def is_whole(stretch: Path, first: Segment) -> bool:
    """Tell whether the stretch begins with `first` and misses none after it, on one timeline."""
    numbers = [segment.number for segment in segments(stretch) if segment.number >= first.number]
    if any(segment.timeline != first.timeline for segment in segments(stretch) if segment.number >= first.number):
        return False
    return numbers == list(range(first.number, first.number + len(numbers)))


def trim(stretch: Path, first: Segment) -> None:
    """Remove what lies before `first`: a newer base backup does not need it."""
    for path in stretch.iterdir():
        segment = Segment.of(path.name) or Segment.of(path.name[:24])
        if segment is not None and segment.number < first.number:
            path.unlink(missing_ok=True)


def size_bytes(*places: Path) -> int:
    """Return how many bytes wait in directories."""
    return sum(path.stat().st_size for place in places if place.is_dir() for path in place.iterdir() if path.is_file())
