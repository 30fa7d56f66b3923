"""Look at backups: how old they are, what is not saved yet, whether the repository is as it should be."""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.db import connection
from django.utils.translation import gettext as _

from muniment.assurance.continuity.queries.backups import last_backup, last_tried
from muniment.assurance.continuity.queries.orders import last_order
from muniment.assurance.continuity.types import BackupFacts, Kind
from muniment.core import clock, config
from muniment.core.config import Config
from muniment.core.health import HealthLine
from muniment.core.metrics import declare_metric
from muniment.trust.clients import queries as clients

LATE: Final = timedelta(hours=2)  # a backup that is due may take so long
DAY: Final = timedelta(days=1)
UNCHECKED: Final = timedelta(days=3)
SAVED_WITHIN: Final = timedelta(seconds=45)  # what an agent that works may take, where a minute may be lost at most
MOST_WAITING_BYTES: Final = 2 * 2**30
SCARCE: Final = 0.10
_GIGABYTE: Final = 10**9
_ROUNDED: Final = 0.001  # seconds: the database keeps fewer digits than the disk
KINDS: Final[tuple[Kind, ...]] = ("wal", "base", "bundle")
LOG: Final = "Log not saved"
BACKUP: Final = "Backup missing"


def backups() -> Iterator[HealthLine]:
    """Tell how much would be lost if this machine were lost now."""
    present = config.current()
    if clients.find_firm_id() is None:
        return
    if present.repository is None:
        sentence = _("Backups are switched off: nothing that is lost here comes back.")
        yield HealthLine("Backups", "notice", sentence, _("Set MUNIMENT_BACKUP_REPOSITORY to where they go."))
        return
    yield _whole(present)
    if keeps_log(present):
        yield from _log(present)
    yield from _check()
    yield from _place(present)


def keeps_log(present: Config) -> bool:
    """Tell whether this installation saves changes all the time: with restic, and a database of its own."""
    return present.database_url is None and shutil.which("restic") is not None


def kind_of_whole() -> Kind:
    """Return the kind of a whole backup here: a bundle where restic is not installed."""
    return "base" if shutil.which("restic") else "bundle"


def waiting_bytes(present: Config, saved_at: datetime | None) -> int:
    """Return how much of the database's changes lies here and is not in the repository, which has those of `saved_at`.

    It grows while the repository is away.
    """
    return _bytes(present.spool, None) + _bytes(present.stretch, saved_at)


def _bytes(place: Path, after: datetime | None) -> int:
    since = after.timestamp() if after else 0.0
    try:
        found = [entry.stat() for entry in os.scandir(place) if entry.is_file()]
    except OSError:  # it is not there, or changes meanwhile
        return 0
    return sum(one.st_size for one in found if one.st_mtime > since + _ROUNDED)


def _whole(present: Config) -> HealthLine:
    kind = kind_of_whole()
    last, tried, now = last_backup(kind), last_tried(kind), clock.now()
    todo = _("Look at the page of backups; the log of the agent (logs/continuity.log) says what it met.")
    allowed = timedelta(hours=_longest_pause(present.backup_hours)) + LATE
    if last is not None and now - last.started_at <= allowed:
        hours = int((now - last.started_at).total_seconds() // 3600)
        return HealthLine(BACKUP, "good", _("The newest whole backup is %(n)s hours old.") % {"n": hours})
    reason = _why(tried)
    if last is not None:
        sentence = _("The newest whole backup is of %(at)s.") % {"at": f"{last.started_at:%Y-%m-%d %H:%M} UTC"}
        return HealthLine(BACKUP, "bad", f"{sentence} {reason}".strip(), todo)
    asked = last_order("backup")
    if asked is None or (not reason and now - asked.asked_at < timedelta(minutes=present.rpo_minutes) / 2):
        return HealthLine(BACKUP, "notice", _("The first backup is about to be made."))
    return HealthLine(BACKUP, "bad", f"{_('There is no backup yet.')} {reason}".strip(), todo)


def _longest_pause(hours: tuple[str, ...]) -> int:
    """Return the longest time between two hours of the settings, in hours."""
    slots = sorted({int(hour) for hour in hours})
    return max((later - sooner) % 24 or 24 for sooner, later in zip(slots, [*slots[1:], slots[0]], strict=True))


def _why(tried: BackupFacts | None) -> str:
    """Return why the newest try came to nothing; empty where it did not."""
    if tried is None or tried.state != "failed":
        return ""
    return why().get(tried.trouble, _("The last try failed."))


def why() -> dict[str, str]:
    """Return what each trouble means, in a sentence."""
    return {
        "away": _("The repository does not answer, or its place is not there."),
        "locked": _("Somebody else writes to the repository."),
        "damaged": _("Something in the repository is not as it was written."),
        "full": _("There is no room left in the repository."),
        "wrong-password": _("The repository does not open with keys/backup.key."),
        "no-database": _("The database did not answer."),
        "interrupted": _("It was interrupted, and is made anew."),
        "gap": _("A piece of the write-ahead log is missing, so a new backup is made."),
        "no-room": _("This machine's disk is full."),
        "refused": _("The database's user may not read everything."),
    }


def _log(present: Config) -> Iterator[HealthLine]:
    last, now = last_backup("wal"), clock.now()
    allowed = timedelta(minutes=present.rpo_minutes)
    todo = _("See that the repository answers and has room; saving goes on by itself.")
    failing = _archive_fails()
    if failing:
        sentence = _("The database cannot put its changes aside: its disk is full, or the spool cannot be written.")
        yield HealthLine("Log not put aside", "bad", sentence, _("Make room on this machine's disk."))
    else:
        yield HealthLine("Log not put aside", "good", _("The database puts its changes aside."))
    if last is not None and last.moment is not None:
        age = now - last.moment
        seconds = int(age.total_seconds())
        sentence = _("Changes are saved up to %(n)s seconds ago.") % {"n": seconds}
        late = age > max(allowed / 2, SAVED_WITHIN)  # known before more is lost than may be
        yield HealthLine(
            LOG, "bad" if late else "good", f"{sentence} {why().get(last.trouble, '')}".strip(), todo if late else ""
        )
    tried = last_tried("wal")
    if tried is not None and tried.state == "failed" and tried.trouble == "no-room":
        sentence = _("This machine's disk was all but full, so changes that waited to be saved were dropped.")
        begin = _("Make room on this disk, and see that the repository answers: a new whole backup is then made.")
        yield HealthLine("Changes dropped", "bad", sentence, begin)
    waiting = waiting_bytes(present, last.moment if last else None)
    if waiting > MOST_WAITING_BYTES:
        sentence = _("%(n).1f GB of changes wait to be saved.") % {"n": waiting / _GIGABYTE}
        end = _("They are dropped once this machine's disk is all but full, so that the portal can go on.")
        yield HealthLine("Changes waiting", "bad", sentence, f"{todo} {end}")


def _archive_fails() -> bool:
    """Tell whether the server's last try to put a segment aside failed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select last_failed_time > coalesce(last_archived_time, '-infinity') from pg_stat_archiver "
            "where last_failed_time > stats_reset"
        )
        found = cursor.fetchone()
    return bool(found and found[0])


def _check() -> Iterator[HealthLine]:
    last = last_order("check")
    if last is None or last.ended_at is None:
        return
    if last.state == "failed":
        todo = _("Run `muniment backup check`. What is damaged does not come back: begin a new repository beside it.")
        yield HealthLine("Repository check", "bad", why().get(last.trouble, _("The last check failed.")), todo)
        return
    days = (clock.now() - last.ended_at) // DAY
    late = clock.now() - last.ended_at > UNCHECKED
    sentence = _("The repository was checked %(n)s days ago, and is as it was written.") % {"n": days}
    yield HealthLine("Repository check", "notice" if late else "good", sentence)


def _place(present: Config) -> Iterator[HealthLine]:
    if kind_of_whole() == "bundle":
        sentence = _("restic is not installed: a bundle is made at the hours set, and no moment between comes back.")
        yield HealthLine("restic", "notice", sentence, _("Install restic (apt-get install restic) and restart."))
    if present.database_url is not None:
        sentence = _("The database is on your own server: moments between two dumps are that server's to keep.")
        yield HealthLine("Database of your own", "notice", sentence)
    if present.store == "s3":
        sentence = _("Documents lie on the S3 server: their backup is its versioning, which you switch on there.")
        yield HealthLine("Documents on S3", "notice", sentence)
    if present.backup_repository is None:
        sentence = _("Backups lie on this machine, and are lost with it.")
        yield HealthLine("Same machine", "notice", sentence, _("Set MUNIMENT_BACKUP_REPOSITORY to another one."))
    yield from _room(present)


def _room(present: Config) -> Iterator[HealthLine]:
    found = free_share(present)
    if found is not None and found < SCARCE:
        sentence = _("Only %(n)s %% of the repository's disk is left.") % {"n": int(found * 100)}
        yield HealthLine("Room for backups", "bad", sentence, _("Make room, or keep backups for a shorter time."))


def free_share(present: Config) -> float | None:
    """Return which share of the repository's disk is free; None where it lies elsewhere or is not there."""
    place = Path(present.repository or "")
    if not place.is_absolute():
        return None
    try:
        found = os.statvfs(place if place.exists() else present.data)
    except OSError:
        return None
    return found.f_bavail / found.f_blocks if found.f_blocks else None


def _age(moment: datetime | None) -> float | None:
    return (clock.now() - moment).total_seconds() if moment else None


def declare_numbers() -> None:
    """Declare what is measured about backups."""
    declare_metric(
        "muniment_backup_age_seconds",
        "gauge",
        "Seconds since the newest whole backup was begun.",
        look=lambda: _age(found.started_at) if (found := last_backup("base") or last_backup("bundle")) else None,
    )
    declare_metric(
        "muniment_backup_loss_seconds",
        "gauge",
        "Seconds of work that would be lost if this machine were lost now.",
        look=_loss,
    )
    declare_metric(
        "muniment_backup_rpo_seconds",
        "gauge",
        "Seconds of work that may be lost at most.",
        look=lambda: config.current().rpo_minutes * 60.0,
        needs_database=False,
    )
    declare_metric(
        "muniment_backup_waiting_bytes",
        "gauge",
        "Bytes of the database's changes that lie on this machine and not in the repository.",
        look=_waiting,
    )
    declare_metric(
        "muniment_backup_free_ratio",
        "gauge",
        "Share of the repository's disk that is free, where this machine sees it.",
        look=lambda: free_share(config.current()),
        needs_database=False,
    )
    declare_metric(
        "muniment_backup_repository_good",
        "gauge",
        "1 if the newest check of the repository found it as it was written, 0 if not.",
        look=lambda: float(found.state == "done") if (found := last_order("check")) and found.ended_at else None,
    )


def _waiting() -> float:
    last = last_backup("wal")
    return float(waiting_bytes(config.current(), last.moment if last else None))


def _loss() -> float | None:
    moments = [found.moment for kind in KINDS if (found := last_backup(kind)) is not None and found.moment]
    return _age(max(moments)) if moments else None
