"""What lies in the repository, looked at without fetching it: which moments it can bring back, and how large it is."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

from muniment.assurance.continuity.types import Trouble
from muniment.operations.continuity.restic import Repository, Snapshot
from muniment.operations.continuity.troubles import Failed
from muniment.operations.continuity.wal import Segment

BASE = "/base.tar"
HEADS = "heads"
BEFORE = "before"  # tags a copy of the stopped database's files, which an upgrade leaves: no log follows it


@dataclass(frozen=True)
class Kept:
    """One file of a snapshot: its path in it, its size, and when it was last written (UTC)."""

    path: str
    size_bytes: int
    at: datetime

    @property
    def name(self) -> str:
        """The last part of its path."""
        return PurePosixPath(self.path).name


@dataclass(frozen=True)
class Reach:
    """How far a base backup and its write-ahead log go without a gap.

    `until` is when the last segment before a gap, or of all, was written; `is_broken` says that later ones are there
    and cannot be used.
    """

    first: Segment
    last: Segment
    until: datetime
    is_broken: bool


@dataclass(frozen=True)
class Found:
    """The snapshots that bring a portal back, with their sizes in bytes; `moment` None is the newest state.

    `store` was saved after the moment, `earlier` before it: what people removed in between is in that one alone.
    """

    base: Snapshot
    wal: Snapshot
    store: Snapshot | None
    reach: Reach
    moment: datetime | None
    database_bytes: int
    wal_bytes: int
    store_bytes: int
    earlier: Snapshot | None = None

    @property
    def needed_bytes(self) -> int:
        """How much room the restored portal takes, with what recovery writes meanwhile."""
        return self.database_bytes + self.wal_bytes + self.store_bytes + self.database_bytes // 10 + 256 * 2**20


class NotReachable(Failed):
    """The moment that was asked for cannot be restored; the message says which can."""

    trouble = Trouble.GAP


def find(repository: Repository, moment: datetime | None = None) -> Found:
    """Return the snapshots that bring the portal back as it was at a moment (UTC), or as new as can be.

    Raises:
        NotReachable: no backup reaches that moment, or a part of the write-ahead log is missing before it.
        Failed: the repository does not answer, or there is nothing in it.
    """
    bases = repository.snapshots("base")
    if not bases:
        copies = (
            " There are copies from before an upgrade: restic restores them." if repository.snapshots(BEFORE) else ""
        )
        raise NotReachable(f"There is no base backup in this repository.{copies}", Trouble.NOT_FOUND)
    older = [one for one in bases if moment is None or one.at <= moment]
    if not older:
        raise NotReachable(f"The oldest moment that can be restored is after {shown(bases[0].at)}.")
    stores = repository.snapshots("store")
    for base in reversed(older):
        logs = repository.snapshots("wal", f"of-{base.said('backup')}")
        if not logs:
            continue
        files = list(files_of(repository, logs[-1]))
        reach = reach_of(files)
        if reach is None or (moment is not None and moment < ended_at(files, reach)):
            continue
        refuse_gap(reach, moment)
        return Found(
            base,
            logs[-1],
            store := _store(stores, moment),
            reach,
            moment,
            sum(one.size_bytes for one in files_of(repository, base)),
            sum(one.size_bytes for one in files),
            sum(one.size_bytes for one in files_of(repository, store)) if store else 0,
            _earlier(stores, moment),
        )
    raise NotReachable("No base backup before this moment has its write-ahead log in the repository.")


def _store(stores: Sequence[Snapshot], moment: datetime | None) -> Snapshot | None:
    """Return the first store that was saved after a moment: it holds all that the database knew of by then."""
    after = [one for one in stores if moment is not None and one.at >= moment]
    return after[0] if after else stores[-1] if stores else None


def _earlier(stores: Sequence[Snapshot], moment: datetime | None) -> Snapshot | None:
    before = [one for one in stores if moment is not None and one.at < moment]
    return before[-1] if before else None


def removed_since(repository: Repository, found: Found) -> list[str]:
    """Return the paths of documents that `earlier` has and `store` has not: the database may know them still."""
    if found.earlier is None or found.store is None:
        return []
    after = {one.path for one in files_of(repository, found.store)}
    return [one.path for one in files_of(repository, found.earlier) if one.path not in after]


def refuse_gap(reach: Reach, moment: datetime | None) -> None:
    """Refuse a moment that a stretch of the write-ahead log does not reach.

    Raises:
        NotReachable: it does not; the message says which is the newest that can be restored.
    """
    newest = f"The newest moment that can be restored is {shown(reach.until)}."
    if moment is not None and moment > reach.until:
        missing = "A part of the write-ahead log is missing. " if reach.is_broken else ""
        raise NotReachable(missing + newest)
    if moment is None and reach.is_broken:
        raise NotReachable(
            f"A part of the write-ahead log is missing. {newest} To restore that: --to-moment {reach.until.isoformat()}"
        )


def files_of(repository: Repository, snapshot: Snapshot) -> Iterator[Kept]:
    """Yield the files of a snapshot."""
    for line in repository.listing(snapshot.id).splitlines():
        said = json.loads(line)
        if said.get("struct_type") == "node" and said.get("type") == "file":
            at = datetime.fromisoformat(_seconds(said["mtime"]))
            yield Kept(said["path"], int(said.get("size", 0)), at.astimezone(UTC))


def _seconds(moment: str) -> str:
    """Return a moment of Go without its fraction, which may have nine digits."""
    head, dot, tail = moment.partition(".")
    zone = tail.lstrip("0123456789") if dot else ""
    return (head + zone).replace("Z", "+00:00")


def reach_of(files: Sequence[Kept]) -> Reach | None:
    """Return how far a stretch of the write-ahead log goes; None where it holds no segment."""
    found = sorted((segment, one.at) for one in files if (segment := Segment.of(one.name)) is not None)
    if not found:
        return None
    first = found[0][0]
    whole = [(one, at) for place, (one, at) in enumerate(found) if one == Segment(first.timeline, first.number + place)]
    until = whole[-1][1] + timedelta(seconds=1)  # times are kept in whole seconds
    return Reach(first, whole[-1][0], until, is_broken=len(whole) < len(found))


def ended_at(files: Sequence[Kept], reach: Reach) -> datetime:
    """Return when the base backup of a stretch ended: nothing before that can be restored from it."""
    labels = [one.at for one in files if ".backup" in one.name and Segment.of(one.name[:24]) == reach.first]
    return max(labels, default=datetime.min.replace(tzinfo=UTC))


def shown(moment: datetime) -> str:
    """Return a moment for people, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
