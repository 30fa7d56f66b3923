"""Makes a bundle by the clock where restic is not installed, and keeps those that are wanted."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from muniment.assurance.continuity import actions, queries
from muniment.assurance.continuity.types import BackupFacts, Trouble
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.config import Config
from muniment.operations.continuity import base, bundle, marker
from muniment.operations.continuity.bundle import SUFFIX, Manifest
from muniment.operations.continuity.making import PURPOSE, Report, quiet
from muniment.operations.continuity.restic import Keeping
from muniment.operations.continuity.retention import keeping
from muniment.operations.continuity.troubles import Failed, NotInBackup, RepositoryAway, RepositoryFull, WrongPassword

NAME = "muniment-%Y%m%dT%H%M%SZ"
NEWEST = 2


@dataclass
class Bundler:
    """Makes bundles into the directory of the settings; there is no log between them."""

    present: Config
    firm_id: UUID
    stopping: Callable[[], bool]

    @property
    def actor(self) -> Actor:
        """The portal itself, in whose name backups are made."""
        return Actor.system(self.firm_id, purpose=PURPOSE)

    def make(self, report: Report = quiet) -> BackupFacts:
        """Make a bundle and remove those that are too old.

        Raises:
            Failed: it could not be made; the row says why, and older ones stay.
        """
        actor = self.actor
        begun = actions.begin_backup(
            actor, kind="bundle", version=queries.this_version(), migrations=queries.migrations_digest()
        )
        moment = clock.now()
        try:
            place = folder(self.present)
            self._require_ours(place)
            report("database", 0, 0)
            size = self._write(place / (moment.strftime(NAME) + SUFFIX), begun, moment)
            marker.remember(self.present.backups, _marked(place))
        except BaseException as error:
            trouble = error.trouble if isinstance(error, Failed) else Trouble.BROKEN
            with suppress(Exception):  # the database may be what is away
                actions.fail_backup(actor, backup_id=begun.id, trouble=trouble)
            raise
        for old in superseded(sorted(place.glob(f"*{SUFFIX}")), keeping(self.present)):
            old.unlink(missing_ok=True)
        name = moment.strftime(NAME)
        return actions.end_backup(
            actor, backup_id=begun.id, moment=moment, snapshot_id=name, bytes_read=size, bytes_added=size
        )

    def check(self) -> None:
        """Open all of the newest bundle.

        Raises:
            Failed: there is none, or it does not open.
        """
        found = sorted(folder(self.present).glob(f"*{SUFFIX}"))
        if not found:
            raise NotInBackup("There is no bundle yet.")
        bundle.check(found[-1], self.present.backup_key)

    def _require_ours(self, place: Path) -> None:
        """Refuse to go on with another key than the bundles before were made with, or where those are gone.

        Raises:
            WrongPassword: the key is not there, or none of the bundles opens with it.
            RepositoryAway: there are none where there were some: a disk that is not mounted, perhaps.
        """
        key = self.present.backup_key
        if not key.is_file():
            raise WrongPassword(f"{key}, which the bundles are made with, is not there: bring it back.")
        found = sorted(place.glob(f"*{SUFFIX}"), reverse=True)
        if found and not any(bundle.opens(path, key) for path in found):
            raise WrongPassword(f"The bundles in {place} were made with another key than {key}.")
        if not found and marker.is_known(self.present.backups, _marked(place)):
            raise RepositoryAway(f"There are no bundles in {place}, where they were before.")

    def _write(self, path: Path, begun: BackupFacts, moment: datetime) -> int:
        kind = "base" if self.present.database_url is None else "dump"
        if kind == "dump" and not base.may_dump(self.present):
            raise Failed("The user of MUNIMENT_DATABASE_URL does not see every row.", Trouble.REFUSED)
        manifest = Manifest(moment, begun.version, begun.migrations, kind)
        try:
            with base.stream(self.present, self.stopping, alone=True) as source:
                return bundle.write(path, self.present.backup_key, manifest, source, self.present.data / "store")
        except OSError as error:
            raise RepositoryFull(f"The bundle could not be written: {error.strerror}.") from error


def folder(present: Config) -> Path:
    """Return where bundles go, which is there.

    Raises:
        RepositoryAway: the settings name a server that only restic can speak to, or a directory that is not there.
    """
    place = present.repository or ""
    if not place.startswith("/"):
        raise RepositoryAway("Without restic, backups can only go into a directory.")
    path = Path(place).with_name("bundles") if present.backup_repository is None else Path(place)
    try:
        path.mkdir(mode=0o700, parents=present.backup_repository is None, exist_ok=True)
    except OSError as error:
        raise RepositoryAway(f"The directory {path} cannot be made: {error.strerror}.") from error
    return path


def _marked(place: Path) -> str:
    """Return what stands for a directory of bundles, where there may have been a repository as well."""
    return f"bundles:{place}"


def made_at(path: Path) -> datetime:
    """Return when a bundle was begun (UTC), from its name.

    Raises:
        ValueError: it has another name.
    """
    return datetime.strptime(path.name, NAME + SUFFIX).replace(tzinfo=UTC)


def superseded(bundles: list[Path], keep: Keeping) -> list[Path]:
    """Return the bundles that no day, week or month needs any more; the newest two always stay."""
    found = {path: made_at(path) for path in bundles if _is_ours(path)}
    order = sorted(found, key=lambda path: found[path], reverse=True)
    needed = set(order[:NEWEST])
    wanted = (("%Y-%m-%d", keep.days), ("%G-%V", keep.weeks), ("%Y-%m", keep.months))
    for form, number in wanted:
        newest: dict[str, Path] = {}
        for path in order:
            newest.setdefault(found[path].strftime(form), path)
        needed |= set(list(newest.values())[:number])
    return [path for path in order if path not in needed]


def _is_ours(path: Path) -> bool:
    with suppress(ValueError):
        return made_at(path) > datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
    return False
