"""Makes backups: the database as it is, then the store, then the write-ahead log, so that none is ahead of the store.

Whoever restores the log to some moment finds every document that was there: a document's bytes are on the disk before
the database knows of it, and the store is saved after the segment that says so was taken.
"""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

import structlog

from muniment.assurance.continuity import actions, queries
from muniment.assurance.continuity.types import BackupFacts, Trouble
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.config import Config
from muniment.operations.continuity import base, retention, room, stretch, wal
from muniment.operations.continuity.base import Stream
from muniment.operations.continuity.restic import Repository, Saved
from muniment.operations.continuity.stretch import Stretch
from muniment.operations.continuity.troubles import Failed
from muniment.trust.audit import queries as log_queries

Report = Callable[[str, int, int], None]
PURPOSE = "Backups"
TIDY_EVERY = 60  # pushes
MANY_HEADS_BYTES = 2**18
HEADS_SECONDS = 300.0
LEAF_LINKS = 2

log = structlog.get_logger(__name__)


class Gap(Failed):
    """A segment of the write-ahead log is missing, so a new base backup is made at once."""

    trouble = Trouble.GAP


def quiet(_step: str, _done: int, _total: int) -> None:
    """Tell nobody how far it is."""


@dataclass
class Maker:
    """Makes backups into one repository; one thread makes base backups, another pushes the log meanwhile."""

    present: Config
    repository: Repository
    firm_id: UUID
    stopping: Callable[[], bool]
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _store_stamp: int = -1
    _pushed: datetime | None = None
    _pushes: int = 0
    _is_making: bool = False

    @property
    def actor(self) -> Actor:
        """The portal itself, in whose name backups are made."""
        return Actor.system(self.firm_id, purpose=PURPOSE)

    # -- a whole backup -----------------------------------------------------------------------------------------------

    def make(self, report: Report = quiet) -> BackupFacts:
        """Make a base backup, save the store and the log after it, and forget what is too old.

        Raises:
            Failed: it could not be made; the row says why, and what was saved before stays.
        """
        begun = actions.begin_backup(
            self.actor, kind="base", version=queries.this_version(), migrations=queries.migrations_digest()
        )
        with self._lock:
            self._is_making = True
        try:
            self._require_room()
            self.repository.init()
            if self.present.database_url is None:
                made = self._make_embedded(begun, report)
            else:
                made = self._make_foreign(begun, report)
        except BaseException as error:
            trouble = error.trouble if isinstance(error, Failed) else Trouble.BROKEN
            with suppress(Exception):  # the database may be what is away
                actions.fail_backup(self.actor, backup_id=begun.id, trouble=trouble)
            raise
        finally:
            self._is_making = False
        report("keeping", 0, 0)
        self._keep()
        return made

    def _make_embedded(self, begun: BackupFacts, report: Report) -> BackupFacts:
        if stretch.load(self.present) is None:
            self._empty()
        started_at = clock.now()
        with base.stream(self.present, self.stopping) as source:
            saved = self._save_database("base.tar", "base", source, begun, report)
            first = source.first
        if first is None:
            raise Failed("The base backup did not say where it begins.")
        ended_at = clock.now()
        report("store", 0, 0)
        self._save_whole_store()  # which may take long; the log is pushed meanwhile
        with self._lock:
            with suppress(Gap):
                self.push()  # the stretch before: it alone brings back the moments while this backup was made
            self._take()
            self._save_store()
            report("log", 0, 0)
            log_saved = self._save_log(begun.id)
            self._end_log()
            begun_log = self._begin_log(begun)
            pruned_on = retention.pruned_on(self.present)
            new = Stretch(begun.id, begun_log.id, started_at, first.timeline, first.number, pruned_on)
            stretch.save(self.present, new)
            wal.trim(stretch.folder(self.present), first)
            self._extend(new, log_saved)
        return self._end(begun, ended_at, saved)

    def _make_foreign(self, begun: BackupFacts, report: Report) -> BackupFacts:
        """Save a dump of the operator's own server, as far as its user sees every row, and the store."""
        if not base.may_dump(self.present):
            raise Failed(
                "The user of MUNIMENT_DATABASE_URL does not see every row, so it cannot dump them.", Trouble.REFUSED
            )
        moment = clock.now()
        with base.stream(self.present, self.stopping) as source:
            saved = self._save_database("database.dump", "dump", source, begun, report)
        report("store", 0, 0)
        with self._lock:
            self._save_store(whole=True)
        return self._end(begun, moment, saved)

    def _save_database(self, name: str, tag: str, source: Stream, begun: BackupFacts, report: Report) -> Saved:
        total = base.size_bytes(self.present)
        tags = [tag, f"backup-{begun.id}", f"version={begun.version}", f"migrations={begun.migrations}"]
        told = _now_and_then(lambda done: report("database", done, max(total, done)))
        return self.repository.backup_stdin(name, source, tags=tags, told=told)

    # -- the log, all the time ----------------------------------------------------------------------------------------

    def push(self) -> bool:
        """Save what came into the spool since the last time; return whether there was anything.

        Raises:
            Gap: a segment is missing; the stretch has ended, and a base backup is due.
            Failed: it could not be saved; it stays here, and is saved with the next push.
        """
        with self._lock:
            found = stretch.load(self.present)
            if found is None:
                return self._push_without_stretch()
            self._take()
            if not wal.is_whole(stretch.folder(self.present), found.first):
                stretch.forget(self.present)
                with suppress(Exception):
                    actions.fail_backup(self.actor, backup_id=found.wal_id, trouble=Trouble.GAP)
                raise Gap
            moment = wal.newest(stretch.folder(self.present))
            if moment is None or moment == self._pushed:
                return False
            self._save_store()
            self._extend(found, self._save_log(found.base_id))
            self._pushes += 1
            if self._pushes % TIDY_EVERY == 0:
                retention.tidy_log(self.repository, found.base_id)
            return True

    def _push_without_stretch(self) -> bool:
        """Save the documents of a portal whose log is not ours; or drop a log that no base backup will begin with."""
        if self.present.database_url is not None:
            return self._save_store()
        if not self._is_making:
            self._empty()
        return False

    def relieve(self) -> None:
        """Keep no log any more where this machine's disk is all but full; the next base backup begins a new one.

        While the repository is away, what waits for it grows. A full disk would stop the database and everybody's
        work: that the portal goes on is worth more than the history of its backups. It is said on the health page, in
        the portal's log, and by the backup of the log that has failed.
        """
        places = (self.present.spool, stretch.folder(self.present))
        if not room.is_scarce(*places):
            return
        with self._lock:
            found = stretch.load(self.present)
            stretch.forget(self.present)
            freed = wal.drop(*places)
            if found is not None:
                with suppress(Exception):  # the database may find no room either
                    actions.fail_backup(self.actor, backup_id=found.wal_id, trouble=Trouble.NO_ROOM)
        if freed or found is not None:
            log.error("the disk is all but full: what waited to be saved was dropped", freed_bytes=freed)

    def _take(self) -> None:
        folder = stretch.folder(self.present)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        wal.take(self.present.spool, folder)

    def _end_log(self) -> None:
        """End the row of the stretch before."""
        found = queries.running_backup("wal")
        if found is None:
            return
        if found.moment is None:
            actions.fail_backup(self.actor, backup_id=found.id, trouble=Trouble.INTERRUPTED)
        else:
            self._end(found, found.moment, Saved(found.snapshot_id, found.bytes_read, found.bytes_added))

    def _begin_log(self, begun: BackupFacts) -> BackupFacts:
        return actions.begin_backup(self.actor, kind="wal", version=begun.version, migrations=begun.migrations)

    def _save_log(self, base_id: UUID) -> Saved:
        folder = stretch.folder(self.present)
        self._write_heads(folder)
        return self.repository.backup_tree(folder, tags=["wal", f"of-{base_id}"])

    def _extend(self, found: Stretch, saved: Saved) -> None:
        moment = wal.newest(stretch.folder(self.present))
        if moment is not None:
            cost = {"bytes_read": saved.bytes_added, "bytes_added": saved.bytes_added}
            actions.extend_backup(found.wal_id, moment=moment, snapshot_id=saved.snapshot_id, **cost)
        self._pushed = moment

    def _write_heads(self, folder: Path) -> None:
        """Put the log's newest signed heads beside the segments: a restore tells by them what was lost.

        Those of thousands of logs fill megabytes, and are read and saved anew every few minutes only.
        """
        with suppress(FileNotFoundError):
            found = (folder / "heads").stat()
            age_seconds = clock.now().timestamp() - found.st_mtime
            if found.st_size > MANY_HEADS_BYTES and 0 <= age_seconds < HEADS_SECONDS:
                return
        part = folder / "heads.part"
        part.write_text(log_queries.newest_heads(), encoding="utf-8")
        part.replace(folder / "heads")

    def _save_store(self, *, whole: bool = False) -> bool:
        """Save the documents' bytes if they are others than the last time, or with a row of its own if `whole`."""
        stamp = _stamp(self._store)
        if not whole and stamp == self._store_stamp:
            return False
        if whole:
            self._save_whole_store()
        else:
            self._save_newer_store()
        self._store_stamp = stamp
        return True

    @property
    def _store(self) -> Path:
        return self.present.data / "store"

    def _save_newer_store(self) -> None:
        moment = clock.now()
        saved = self.repository.backup_tree(self._store, tags=["store"])
        if (last := queries.last_backup("store")) is not None:
            cost = {"bytes_read": saved.bytes_added, "bytes_added": saved.bytes_added}
            actions.extend_backup(last.id, moment=moment, snapshot_id=saved.snapshot_id, **cost)

    def _save_whole_store(self) -> None:
        moment = clock.now()
        begun = actions.begin_backup(self.actor, kind="store", version=queries.this_version(), migrations="")
        try:
            saved = self.repository.backup_tree(self._store, tags=["store"], seconds=None)
        except Failed as error:
            actions.fail_backup(self.actor, backup_id=begun.id, trouble=error.trouble)
            raise
        self._end(begun, moment, saved)

    def _end(self, begun: BackupFacts, moment: datetime, saved: Saved) -> BackupFacts:
        return actions.end_backup(
            self.actor,
            backup_id=begun.id,
            moment=moment,
            snapshot_id=saved.snapshot_id,
            bytes_read=saved.bytes_read,
            bytes_added=saved.bytes_added,
        )

    # -- around it ----------------------------------------------------------------------------------------------------

    def _empty(self) -> None:
        """Drop a log that no base backup is there for."""
        with self._lock:
            self._take()
            for path in stretch.folder(self.present).iterdir():
                path.unlink(missing_ok=True)

    def _keep(self) -> None:
        try:
            with self._lock:  # restic forgets alone: a push waits, and neither fails over the other's lock
                retention.keep(self.present, self.repository)
        except Failed as error:  # the backup is made; what is too old goes another day
            log.warning("retention failed", trouble=error.trouble.value)

    def _require_room(self) -> None:
        """Refuse to begin where this disk is all but full: the database needs what is left.

        Raises:
            Failed: it is.
        """
        if room.free_bytes(self.present.data) < room.BEGIN_BYTES:
            raise Failed("This disk is all but full, so no backup was begun.", Trouble.NO_ROOM)


def _stamp(folder: Path) -> int:
    """Return a number that differs once a file below `folder` came, went or got another name.

    A stored file never changes under its name, so directories are looked at alone. One with two links has no directory
    in it, and is not read; file systems that do not count links have another number there.
    """
    total, left = 0, [str(folder)]
    while left:
        place = left.pop()
        with suppress(FileNotFoundError):
            found = os.stat(place)  # noqa: PTH116 - a hundred thousand of them, twice a minute
            total = (total + hash((found.st_ino, found.st_mtime_ns))) % 2**63
            if found.st_nlink != LEAF_LINKS:
                with os.scandir(place) as entries:
                    left += [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
    return total


def _now_and_then(told: Callable[[int], None]) -> Callable[[int], None]:
    """Return the same, called once in 64 MiB at most: each call is a write in the database that is being saved."""
    last = 0

    def tell(done: int) -> None:
        nonlocal last
        if done - last >= 64 * 2**20:
            last = done
            told(done)

    return tell
