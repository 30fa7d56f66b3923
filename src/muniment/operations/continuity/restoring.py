"""Bring a database back out of the repository: its files and its log, then the server replays up to a moment.

It writes into an empty directory, which holds a whole installation's database afterwards: for a restore, for a drill,
and to read one document as it was.
"""

import json
import os
import re
import shlex
import shutil
import tarfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Protocol, cast

from muniment.assurance.continuity.types import Trouble
from muniment.operations import accounts
from muniment.operations.continuity import contents
from muniment.operations.continuity.base import START
from muniment.operations.continuity.contents import BASE, NotReachable, files_of, reach_of, shown
from muniment.operations.continuity.restic import Repository, Snapshot
from muniment.operations.continuity.troubles import Failed
from muniment.operations.continuity.wal import Segment
from muniment.operations.database import CACHE_BYTES, EmbeddedDatabase
from muniment.operations.processes import Account

FETCHED = "fetched"
STEP_BYTES = 16 * 2**20
RECOVERY_SECONDS = 24 * 3600.0
TARGET_MISSED = "recovery ended before configured recovery target was reached"
TOO_EARLY = "requested recovery stop point is before consistent recovery point"
_QUIET = {
    "archive_mode": "off",
    "logging_collector": "off",  # what it says goes into start.log
    "log_destination": "stderr",
}
_LAST = re.compile(r"last completed transaction was at log time (\S+ \S+?)\+00")

Told = Callable[[str, int, int], None]


def quiet(_step: str, _done: int, _total: int) -> None:
    """Tell nobody how far it is."""


@dataclass
class Restored:
    """A database's files and its log, ready to be started: `recover` does, once; then `database` runs.

    `heads` is what was known of the log's heads when backups were last added to, as JSON; empty where nothing was.
    """

    root: Path
    database: EmbeddedDatabase
    wal: Path | None  # None: all that is needed lies in the database's own directory
    moment: datetime | None
    until: datetime
    heads: str

    def recover(self, given_up: Callable[[], bool] = lambda: False) -> datetime | None:
        """Start the server, replay the log to the moment, and return when the last transaction was (UTC).

        None where the log held none. The server runs afterwards, as one that can be written to, on a timeline of its
        own, and archives nothing.

        Raises:
            NotReachable: the moment lies before the end of the base backup, or the log is not whole.
            Failed: it did not come up; the message is what it said.
        """
        said = self._replay(given_up, self.moment)
        if TARGET_MISSED in said:  # nothing was committed after the moment: the end of the log is the state then
            said = self._replay(given_up, None)
        if not self.database.is_ready():
            self.database.stop()
            raise _reason(said, self.moment)
        found = _LAST.findall(said)
        return datetime.fromisoformat(f"{found[-1]}+00:00") if found else None

    def _replay(self, given_up: Callable[[], bool], moment: datetime | None) -> str:
        self.database.settings.update(_QUIET)
        self.database.settings.pop("recovery_target_time", None)
        if self.wal is not None:
            self.database.settings.update(_recovery(self.wal, moment))
            signal_file = self.database.cluster / "recovery.signal"
            signal_file.touch(mode=0o600)
            _own(signal_file, self.database.account)
        self.database.prepare()
        self.database.launch()
        deadline = time.monotonic() + RECOVERY_SECONDS
        while self.database.is_running() and not self.database.is_ready():
            if given_up() or time.monotonic() > deadline:
                self.database.stop()
                raise Failed("The replay was stopped.", Trouble.INTERRUPTED)
            time.sleep(0.05)
        return (self.database.logs / "start.log").read_text(encoding="utf-8", errors="replace")


def restore_database(
    repository: Repository,
    snapshot: Snapshot,
    into: Path,
    moment: datetime | None = None,
    *,
    account: Account | None = None,
    cache_bytes: int = CACHE_BYTES,
    told: Told = quiet,
) -> Restored:
    """Fetch a base backup and its log into `into`, where an `EmbeddedDatabase` has its directory `database`.

    `told(step, done, total)` hears of the steps `log` and `database`, in bytes.

    Raises:
        NotReachable: a part of the log is missing before the moment.
        Failed: the repository does not answer or is damaged, or the disk is full.
    """
    logs = repository.snapshots("wal", f"of-{snapshot.said('backup')}")
    if not logs:
        raise NotReachable("The write-ahead log of this base backup is not in the repository.")
    reach = reach_of(list(files_of(repository, logs[-1])))
    if reach is None:
        raise NotReachable("The write-ahead log of this base backup is empty.")
    contents.refuse_gap(reach, moment)
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = EmbeddedDatabase(into, account=account, cache_bytes=cache_bytes)
    told("log", 0, 0)
    wal = _fetch_log(repository, logs[-1], into, database.account)
    told("database", 0, 0)
    _fetch_files(repository, snapshot, database, told)
    _require_first(database.cluster, reach.first)
    return Restored(into, database, wal, moment, reach.until, _heads(repository, logs[-1], wal))


def _heads(repository: Repository, used: Snapshot, wal: Path) -> str:
    """Return the log's heads that were saved with a stretch, and with the newest of all stretches, as a JSON list.

    Who goes back behind a newer base backup loses more than the stretch that is replayed knows of.
    """
    file = wal / contents.HEADS
    found: list[str] = json.loads(file.read_text("utf-8")) if file.is_file() else []
    newest = repository.snapshots("wal")[-1]
    if newest.id != used.id:
        with repository.dump(newest.id, f"/wal/{contents.HEADS}") as stream:
            found += json.loads(stream.read())
    return json.dumps(found)


def _fetch_log(repository: Repository, snapshot: Snapshot, into: Path, account: Account | None) -> Path:
    folder = into / FETCHED
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    repository.restore_tree(snapshot.id, folder)
    if account is not None:
        accounts.hand_over(folder, account)
    return folder / "wal"


def _fetch_files(repository: Repository, snapshot: Snapshot, database: EmbeddedDatabase, told: Told) -> None:
    """Unpack the base backup, which appears as `database` once it is whole."""
    total = sum(one.size_bytes for one in files_of(repository, snapshot))
    with repository.dump(snapshot.id, BASE) as stream:
        unpack(_Counted(stream, lambda done: told("database", done, total)), database)


class Readable(Protocol):
    """Bytes of a base backup, one after the other."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes, none at the end."""


def unpack(stream: Readable, database: EmbeddedDatabase) -> None:
    """Write the files of a base backup out of its tar; they appear as the database's once all of them are there.

    Raises:
        Failed: it is no whole tar, or there is no room for it.
    """
    unfinished = database.cluster.with_name("database.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    try:
        with tarfile.open(fileobj=cast("IO[bytes]", stream), mode="r|") as packed:
            packed.extractall(unfinished, filter="data")
        while stream.read(STEP_BYTES):  # what tar pads with: the end says whether all of it was whole
            pass
    except tarfile.TarError as error:
        raise Failed("The base backup is not whole.", Trouble.DAMAGED) from error
    except OSError as error:
        raise Failed(f"The base backup cannot be written: {error.strerror}.", Trouble.NO_ROOM) from error
    if database.account is not None:
        accounts.hand_over(unfinished, database.account)
    unfinished.rename(database.cluster)


class _Counted:
    """A stream that tells now and then how much was read of it."""

    def __init__(self, stream: IO[bytes], told: Callable[[int], None]) -> None:
        self._stream, self._told, self._done, self._last = stream, told, 0, 0

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes, none at the end."""
        found = self._stream.read(size)
        self._done += len(found)
        if self._done - self._last >= STEP_BYTES:
            self._last = self._done
            self._told(self._done)
        return found


def _require_first(cluster: Path, first: Segment) -> None:
    """Refuse a log that begins after the base backup does."""
    label = START.search((cluster / "backup_label").read_bytes())
    begins = Segment.of(label[1].decode()) if label else None
    if begins is None or begins < first:
        raise NotReachable("The beginning of this base backup's write-ahead log is missing: choose an older one.")


def _recovery(wal: Path, moment: datetime | None) -> dict[str, str]:
    place = shlex.quote(str(wal)).replace("%", "%%")
    settings = {
        "restore_command": f'test -f {place}/%f.gz && gzip -dc {place}/%f.gz > "%p"',
        "recovery_target_timeline": "current",
        "hot_standby": "off",  # nobody looks before everything is there
    }
    if moment is not None:
        settings |= {"recovery_target_time": moment.isoformat(), "recovery_target_action": "promote"}
    return settings


def _reason(said: str, moment: datetime | None) -> Failed:
    if TOO_EARLY in said and moment is not None:
        return NotReachable(f"{shown(moment)} lies before the end of this base backup: choose an older one.")
    fatal = [line.partition("FATAL:")[2].strip() for line in said.splitlines() if "FATAL:" in line]
    if any("WAL ends before" in line for line in fatal):
        return NotReachable("The write-ahead log ends before the base backup does: choose an older one.")
    return Failed(f"The restored database does not start: {fatal[-1] if fatal else 'it said nothing'}.")


def _own(path: Path, account: Account | None) -> None:
    if account is not None:
        os.chown(path, account.uid, account.gid)
