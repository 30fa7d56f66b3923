"""`muniment restore`: a whole portal out of the repository into an empty directory, step by step."""

import importlib.metadata
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from muniment.assurance.continuity.types import Trouble
from muniment.core import config
from muniment.core.config import Config
from muniment.operations import attached, locks, places, processes, programs
from muniment.operations.continuity import contents, emptiness, restoring, unbundling
from muniment.operations.continuity.restic import Repository
from muniment.operations.continuity.restoring import Told, quiet
from muniment.operations.continuity.sources import FromBundle, FromRepository, Source, mib
from muniment.operations.continuity.troubles import Failed
from muniment.operations.errors import StartRefused
from muniment.operations.places import Accounts

PROGRAM = "continuity.reopening"


@dataclass(frozen=True)
class Plan:
    """What a restore will do: out of what, into which directory, and how much room there is for it, in bytes."""

    source: Source
    into: Path
    free_bytes: int

    @property
    def fits(self) -> bool:
        """Whether there is room enough."""
        return self.source.needed_bytes <= self.free_bytes

    def lines(self) -> list[str]:
        """Return the plan for people."""
        return [
            *self.source.lines(),
            f"  room       {mib(self.source.needed_bytes)} needed, {mib(self.free_bytes)} free in {self.into}",
            "Afterwards all sessions, invitations and guest links are ended, and the log goes on under a new name.",
        ]


@dataclass(frozen=True)
class Outcome:
    """What a restore brought back: when its last transaction was, and what was done before anybody may come in.

    `lost` counts entries, `unproved` heads of logs whose signatures this backup cannot prove.
    """

    moment: datetime | None
    logs: int
    lost: int
    unproved: int
    ended: int
    destroyed: int


def plan(present: Config, repository: Repository, into: Path, moment: datetime | None) -> Plan:
    """Return what a restore out of the repository into `into` would do, without writing anything there.

    Raises:
        StartRefused: the directory is not empty, a key is missing, or a newer version made the backup.
        Failed: the repository does not answer, or nothing in it reaches the moment.
    """
    _require(present, into)
    found = contents.find(repository, moment)
    _refuse_newer(found.base.said("version"))
    return Plan(FromRepository(repository, found), into, _free(into))


def plan_of_bundle(present: Config, path: Path, into: Path) -> Plan:
    """Return what a restore out of a bundle would do, without writing anything; raises as `plan`."""
    _require(present, into)
    password = into / "keys" / present.backup_key.name
    manifest = unbundling.manifest_of(path, password)
    _refuse_newer(manifest.version)
    return Plan(FromBundle(path, password, manifest), into, _free(into))


def _require(present: Config, into: Path) -> None:
    if present.database_url is not None:
        raise StartRefused(
            "The database lies on your own server: bring it back there with that server's tools, the documents with "
            "restic, and then run: muniment restore reopen"
        )
    emptiness.require_empty(into)
    require_keys(present, into)


def _free(into: Path) -> int:
    room = os.statvfs(next(path for path in (into, *into.parents) if path.exists()))
    return room.f_bavail * room.f_frsize


def require_keys(present: Config, into: Path) -> None:
    """Refuse to begin without the keys: the backup does not hold them.

    Raises:
        StartRefused: one is not there.
    """
    folder = into / "keys"
    needed = {"backup.key": "opens the repository"}
    if present.keyring == "file":
        needed["root.key"] = "opens what is sealed"
    if present.key_locks is None:
        needed["locks"] = "holds the locks of keys"
    for name, what in needed.items():
        if not (folder / name).is_file():
            raise StartRefused(
                f"{folder / name}, which {what}, is not there. No backup holds keys: bring them back first, from your "
                "copy of them or with: muniment keys recover"
            )


def _refuse_newer(version: str) -> None:
    ours = importlib.metadata.version("muniment")
    if _number(version) > _number(ours):
        raise StartRefused(
            f"This backup was made by version {version} of Muniment, which is newer than this one ({ours}). Install "
            "that version, or a newer one, and restore again."
        )


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("+", maxsplit=1)[0].split(".") if part.isdigit())


def restore(present: Config, wanted: Plan, *, notes: Sequence[str] = (), told: Told = quiet) -> Outcome:
    """Restore a portal as it was planned. `present` are the settings of its directory, `notes` checkpoints seen before.

    Whatever ends it in the middle, the directory says that it is unfinished, and the next restore into it begins anew.

    Raises:
        StartRefused: the disk is too small, somebody else restores, or the backup is not for these keys or programs.
        Failed: the repository is not whole, or the database does not come up.
    """
    source, into = wanted.source, wanted.into
    if not wanted.fits:
        raise StartRefused(
            f"There is not room enough in {into}: {mib(source.needed_bytes)} are needed, {mib(wanted.free_bytes)} "
            "are free. Nothing was begun."
        )
    processes.keep_memory_private()
    accounts = places.choose(present, allow_root=True)
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with locks.hold(into / "supervisor.lock"):
            emptiness.require_empty(into)
            emptiness.begin(into, source.moment, source.name)
            places.make_places(present, accounts, restoring=True)
            outcome = _fill(present, source, into, accounts, notes, told)
            emptiness.end(into)
    except locks.LockTaken as taken:
        raise StartRefused(f"Another process ({taken.process_id or 'unknown'}) is at work in {into}.") from taken
    return outcome


def _fill(present: Config, source: Source, into: Path, accounts: Accounts, notes: Sequence[str], told: Told) -> Outcome:
    restored = source.write(into, accounts.database, present.database_cache_bytes, told)
    told("replay", 0, 0)
    try:
        moment = restored.recover()
        said = reopen(present, accounts, source.moment, [*notes, *_heads(restored.heads)], told)
    finally:
        restored.database.stop()
    source.write_documents(into, told)
    shutil.rmtree(into / restoring.FETCHED, ignore_errors=True)
    places.make_places(present, accounts, restoring=True)
    return Outcome(moment, said["logs"], said["lost"], said["unproved"], said["ended"], said["destroyed"])


def reopen_elsewhere(present: Config, *, notes: Sequence[str] = (), told: Told = quiet) -> Outcome:
    """Do what follows a restore, where the operator brought the database back with tools of their own.

    Raises:
        StartRefused: the portal is running, or the database is not for these keys or programs.
    """
    accounts = places.choose(present, allow_root=True)
    places.make_places(present, accounts)
    try:
        with locks.hold(present.data / "supervisor.lock"), attached.database(present, accounts):
            said = reopen(present, accounts, None, notes, told)
    except locks.LockTaken as taken:
        raise StartRefused("The portal is running. Stop it first: people must not come in meanwhile.") from taken
    return Outcome(None, said["logs"], said["lost"], said["unproved"], said["ended"], said["destroyed"])


def reopen(
    present: Config, accounts: Accounts, moment: datetime | None, notes: Sequence[str], told: Told
) -> dict[str, int]:
    """Bring the database, which runs, to this version, begin the log's new epoch, and end old ways in.

    `notes` are checkpoints of the former log; nobody may be let in meanwhile.
    """
    told("keys", 0, 0)
    portal = accounts.portal
    programs.run("preparation", present, role="super")
    places.make_places(present, accounts, restoring=True)
    programs.run(PROGRAM, present, "look", role="owner", account=portal)
    programs.run("migrations", present, role="owner", account=portal)
    told("names", 0, 0)
    again = json.loads(programs.run(PROGRAM, present, "again", role="job", account=portal).splitlines()[-1])
    programs.run(PROGRAM, present, "begin", role="owner", account=portal)
    entered = _enter(present, accounts, {"moment": moment.isoformat() if moment else None, "notes": list(notes)})
    said: dict[str, int] = {**again, **entered}
    return said


def _enter(present: Config, accounts: Accounts, seen: dict[str, Any]) -> dict[str, int]:
    """Begin the epoch in a program that hears of what was seen by a file: a note for each log is too long for more."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as told:
        json.dump(seen, told)
        told.flush()
        os.lseek(told.fileno(), 0, os.SEEK_SET)  # where the program begins to read
        number, portal = told.fileno(), accounts.portal
        said = programs.run(PROGRAM, present, "enter", str(number), role="job", account=portal, inherited=(number,))
    found: dict[str, int] = json.loads(said.splitlines()[-1])
    return found


def _heads(text: str) -> list[str]:
    """Return the checkpoints that were saved beside the log."""
    with suppress(ValueError):
        found = json.loads(text)
        if isinstance(found, list):
            return [one for one in found if isinstance(one, str)]
    return []


def settings_for(into: Path, present: Config) -> Config:
    """Return the settings of the portal in `into`: those of now, with that data directory.

    Raises:
        SettingRefused: the settings file there is not one.
        Failed: the directory's keys are not those of the settings.
    """
    if into == present.data:
        return present
    os.environ["MUNIMENT_DATA"] = str(into)
    config.current.cache_clear()
    return config.current()


def repository_for(present: Config, into: Path, work: Path) -> Repository:
    """Return the repository of the settings, opened with the key in `into`; it keeps its own notes in `work`.

    Raises:
        Failed: backups are switched off.
    """
    if present.repository is None:
        raise Failed("Backups are switched off: MUNIMENT_BACKUP_REPOSITORY is none.", Trouble.REFUSED)
    return Repository(
        present.repository,
        password=into / "keys" / present.backup_key.name,
        work=work,
        credentials=present.backup_credentials,
        append_only=True,
    )
