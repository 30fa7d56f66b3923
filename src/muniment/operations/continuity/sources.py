"""What a portal comes back from: snapshots of the repository, or a bundle. Each says what it will be, and writes it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from muniment.operations.continuity import contents, restoring, unbundling
from muniment.operations.continuity.bundle import Manifest
from muniment.operations.continuity.contents import Found
from muniment.operations.continuity.restic import Repository
from muniment.operations.continuity.restoring import Restored, Told
from muniment.operations.processes import Account

AT_ONCE = 100  # names on one command line


class Source(Protocol):
    """Where a portal comes back from: what it will be, how to write its database and its documents."""

    @property
    def moment(self) -> datetime | None:
        """The moment that was asked for; None for the newest state."""

    @property
    def name(self) -> str:
        """What the source is called, for the note in an unfinished directory."""

    @property
    def needed_bytes(self) -> int:
        """How much room the restored portal takes."""

    def lines(self) -> list[str]:
        """Return what it is, for people."""

    def write(self, into: Path, account: Account | None, cache_bytes: int, told: Told) -> Restored:
        """Write the database into a directory, ready to be started."""

    def write_documents(self, into: Path, told: Told) -> None:
        """Write the documents."""


@dataclass(frozen=True)
class FromRepository:
    """A portal out of snapshots of the repository."""

    repository: Repository
    found: Found

    @property
    def moment(self) -> datetime | None:
        """The moment that was asked for; None for the newest state."""
        return self.found.moment

    @property
    def name(self) -> str:
        """The base backup's snapshot."""
        return self.found.base.id

    @property
    def needed_bytes(self) -> int:
        """How much room the restored portal takes."""
        return self.found.needed_bytes

    def lines(self) -> list[str]:
        """Return what it is, for people."""
        found = self.found
        made_by = found.base.said("version") or "an unknown version"
        store = f"{mib(found.store_bytes)}, of {contents.shown(found.store.at)}" if found.store else "none"
        return [
            f"The portal as of {contents.shown(found.moment or found.reach.until)}",
            f"  database   {mib(found.database_bytes)}, backup of {contents.shown(found.base.at)} made by {made_by}",
            f"  log        {mib(found.wal_bytes)}, from then on, to be replayed",
            f"  documents  {store}",
        ]

    def write(self, into: Path, account: Account | None, cache_bytes: int, told: Told) -> Restored:
        """Write the database into a directory, ready to be started."""
        base, moment = self.found.base, self.found.moment
        return restoring.restore_database(
            self.repository, base, into, moment, account=account, cache_bytes=cache_bytes, told=told
        )

    def write_documents(self, into: Path, told: Told) -> None:
        """Write the documents."""
        told("documents", 0, 0)
        if self.found.store is not None:
            self.repository.restore_tree(self.found.store.id, into)
        if self.found.earlier is not None:
            removed = contents.removed_since(self.repository, self.found)
            for start in range(0, len(removed), AT_ONCE):
                part = removed[start : start + AT_ONCE]
                self.repository.restore_tree(self.found.earlier.id, into, include=part)


@dataclass(frozen=True)
class FromBundle:
    """A portal out of one sealed file."""

    path: Path
    password: Path
    manifest: Manifest
    moment: datetime | None = None

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def needed_bytes(self) -> int:
        """How much room the restored portal takes."""
        return unbundling.needed_bytes(self.path)

    def lines(self) -> list[str]:
        """Return what it is, for people."""
        return [
            f"The portal as of {contents.shown(self.manifest.at)}, without what came after",
            f"  bundle     {mib(self.path.stat().st_size)}, {self.path}, made by {self.manifest.version}",
        ]

    def write(self, into: Path, account: Account | None, cache_bytes: int, told: Told) -> Restored:
        """Write database and documents into a directory, the database ready to be started."""
        return unbundling.restore(self.path, self.password, into, account=account, cache_bytes=cache_bytes, told=told)

    def write_documents(self, into: Path, told: Told) -> None:
        """Do nothing: they came with the database."""


def mib(size: int) -> str:
    """Return a number of bytes for people, rounded up."""
    return f"{-(-size // 2**20)} MiB"
