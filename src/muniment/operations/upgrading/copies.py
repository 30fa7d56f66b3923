"""Copies of the stopped database from before an upgrade: made whole or not at all, put back, and removed in time."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from muniment.core import clock
from muniment.core.config import Config
from muniment.operations import accounts
from muniment.operations.continuity import stretch
from muniment.operations.errors import StartRefused
from muniment.operations.processes import Account
from muniment.operations.upgrading import notes

SPARE_BYTES = 256 * 2**20  # for what migrations write themselves
LEAVE_SECONDS = 45.0
CLUSTER = "database"


@dataclass(frozen=True)
class Copy:
    """One copy: its name, the version that wrote it (empty where unknown), when it was made (UTC).

    `entries` is how many entries the log held when the upgrade after it was done; None before.
    """

    name: str
    version: str
    made_at: datetime
    entries: int | None


@dataclass(frozen=True)
class Room:
    """What copies need and what there is, in bytes. A file system that shares blocks needs next to none."""

    needed_bytes: int
    free_bytes: int

    @property
    def fits(self) -> bool:
        """Whether there is room enough."""
        return self.needed_bytes <= self.free_bytes


def room(present: Config, *, copies: int) -> Room:
    """Return what so many copies of the database need on the disk of the data directory."""
    found = os.statvfs(present.data)
    size = _bytes_below(present.data / CLUSTER)
    needed = size // 10 if shares_blocks(present.data) else size * copies
    return Room(needed + SPARE_BYTES, found.f_bavail * found.f_frsize)


def shares_blocks(folder: Path) -> bool:
    """Tell whether files are copied there without writing them a second time."""
    with tempfile.TemporaryDirectory(dir=folder, prefix="reflink-") as place:
        source = Path(place) / "source"
        source.write_bytes(b"0" * 65536)
        line = ["cp", "--reflink=always", str(source), str(Path(place) / "copy")]
        return subprocess.run(line, capture_output=True, check=False).returncode == 0


def make(present: Config, version: str, account: Account | None) -> Copy:
    """Copy the database, whose server is stopped, and return the copy once it is on the disk.

    Raises:
        StartRefused: it could not be written; what there was of it is gone again.
    """
    now = clock.now().replace(microsecond=0)
    made = Copy(f"{version or 'unknown'}-{now:%Y%m%dT%H%M%SZ}", version, now, None)
    _folder(present, account)
    place = notes.before(present) / made.name
    notes.begin(present, notes.Journal("copying", made.name))
    place.mkdir(mode=0o700)
    if account is not None:
        accounts.hand_over_alone(place, account)
    try:
        _copy(present.data / CLUSTER, place / CLUSTER)
        write(present, made)
    except StartRefused:
        abandon(present, made.name)
        raise
    return made


def write(present: Config, copy: Copy) -> None:
    """Write down what a copy is."""
    said = {"version": copy.version, "made_at": copy.made_at.isoformat(), "entries": copy.entries}
    notes.save(notes.before(present) / copy.name / "about.json", said)


def abandon(present: Config, name: str) -> None:
    """Remove a copy that did not become whole."""
    shutil.rmtree(notes.before(present) / name, ignore_errors=True)
    notes.end(present)


def newest(present: Config) -> Copy | None:
    """Return the newest whole copy; None where none is kept."""
    found = [one for path in _all(present) if (one := _read(path)) is not None]
    return max(found, key=lambda one: one.made_at, default=None)


def put_back(present: Config, name: str) -> None:
    """Put a copy in the place of the database; the copy stays. Repeated after a death at any moment it comes out right.

    Raises:
        StartRefused: the copy is not there, or could not be written; the journal still says that it is wanted.
    """
    source, place = notes.before(present) / name / CLUSTER, present.data / CLUSTER
    if not (source / "PG_VERSION").exists():
        raise StartRefused(f"The copy {source} is gone, so nothing can be put back. Restore a backup: muniment restore")
    back, failed = present.data / "database.back", present.data / "database.failed"
    for path in (place, present.data / "database.new"):
        wait_until_left(path)
    shutil.rmtree(back, ignore_errors=True)
    for path in (failed, present.data / "database.new", present.data / "database.old"):
        shutil.rmtree(path, ignore_errors=True)
    _copy(source, back)
    if place.exists():
        place.rename(failed)
    back.rename(place)
    forget_log(present)
    notes.forget(present)
    shutil.rmtree(failed, ignore_errors=True)


def forget_log(present: Config) -> None:
    """Drop the write-ahead log that waits to be saved: it is not of this database, and a new base backup is due."""
    stretch.forget(present)
    shutil.rmtree(stretch.folder(present), ignore_errors=True)
    if present.spool.is_dir():
        for path in present.spool.iterdir():
            path.unlink(missing_ok=True)


def prune(present: Config, *, but: str | None = None) -> None:
    """Remove every copy but the newest, and that one after the days of the settings. `but` is not the newest's age."""
    if notes.journal(present) is not None:
        return
    kept = newest(present)
    oldest = clock.now() - timedelta(days=present.upgrade_keep_days)
    for path in _all(present):
        is_kept = kept is not None and path.name == kept.name and (kept.made_at >= oldest or path.name == but)
        if not is_kept:
            shutil.rmtree(path, ignore_errors=True)


def wait_until_left(cluster: Path) -> None:
    """Stop a server that a killed process left behind in `cluster`, and wait until it is gone.

    Raises:
        StartRefused: it stays.
    """
    deadline = time.monotonic() + LEAVE_SECONDS
    while (process_id := _server_in(cluster)) is not None:
        if time.monotonic() > deadline:
            raise StartRefused(f"A database server (process {process_id}) still works in {cluster}. Stop it first.")
        os.kill(process_id, signal.SIGINT)
        time.sleep(0.5)


def _server_in(cluster: Path) -> int | None:
    """Return the process that serves `cluster`; the number in its file may long be somebody else's."""
    try:
        process_id = int((cluster / "postmaster.pid").read_text(encoding="ascii").splitlines()[0])
        works_in = Path(f"/proc/{process_id}/cwd").resolve(strict=True)
    except (OSError, ValueError, IndexError):
        return None
    return process_id if works_in == cluster.resolve() else None


def _copy(source: Path, target: Path) -> None:
    """Copy a directory with its owners, and wait until it is on the disk."""
    line = ["cp", "--archive", "--reflink=auto", "--no-target-directory", str(source), str(target)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        shutil.rmtree(target, ignore_errors=True)
        reason = done.stderr.strip().splitlines()[-1:] or ["cp gave no reason"]
        raise StartRefused(f"The database could not be copied: {reason[0]}")
    os.sync()


def _folder(present: Config, account: Account | None) -> None:
    folder = notes.before(present)
    folder.mkdir(mode=0o700, exist_ok=True)
    if account is not None:
        accounts.hand_over_alone(folder, account)


def _all(present: Config) -> list[Path]:
    folder = notes.before(present)
    return [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []


def _read(path: Path) -> Copy | None:
    said = notes.load(path / "about.json")
    try:
        return said and Copy(path.name, said["version"], datetime.fromisoformat(said["made_at"]), said["entries"])  # type: ignore[return-value]
    except (KeyError, TypeError, ValueError):
        return None


def _bytes_below(folder: Path) -> int:
    return sum(
        (Path(directory) / name).lstat().st_blocks * 512 for directory, _, files in os.walk(folder) for name in files
    )
