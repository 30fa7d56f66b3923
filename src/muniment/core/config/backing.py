"""The settings of backups, and what they may not be."""

# ruff: noqa: RUF009 (setting returns a dataclass field, whose values are immutable)
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from muniment.core.config.setting import setting

OFF = "none"
# What restic calls the kinds of places that the portal knows how to speak of.
REMOTE = re.compile(r"(sftp|s3|rest):\S+")
CREDENTIAL = re.compile(r"(AWS_[A-Z_]{3,40}|RESTIC_REST_[A-Z]{3,20})=\S*")
LONGEST_FILE_BYTES = 65536


@dataclass(frozen=True, kw_only=True)
class Backups:
    """The settings of backups: where they go, when they are made, how long they stay, what may be lost."""

    backup_repository: str | None = setting(
        None,
        "Where backups go, in restic's words: a path such as `/mnt/backup/muniment`, `sftp:user@host:/path`, "
        "`s3:https://s3.example.com/bucket/path` or `rest:https://user:password@host:8000/path`. Without it they lie "
        "in `backups/repository` of the data directory, on the same disk, which protects against mistakes and not "
        "against the loss of this machine. `none` switches backups off.",
        secret=True,
    )
    backup_credentials: Path | None = setting(
        None,
        "The file with what restic needs to reach an S3 or REST server: lines such as `AWS_ACCESS_KEY_ID=…` and "
        "`AWS_SECRET_ACCESS_KEY=…`, readable by its owner alone.",
    )
    backup_append_only: bool = setting(
        False,
        "Say that the server of the repository lets nothing be removed: the portal then never forgets a backup, and "
        "whoever runs that server does.",
    )
    backup_hours: tuple[str, ...] = setting(
        ("2",),
        "The hours of the day, in UTC, at which a whole backup of the database is made, such as `2` or `2,14`. "
        "What happens in between is saved all the time.",
    )
    backup_keep_days: int = setting(14, "For how many days one backup of each day is kept.", unit="days")
    backup_keep_weeks: int = setting(8, "For how many weeks one backup of each week is kept.", unit="weeks")
    backup_keep_months: int = setting(12, "For how many months one backup of each month is kept.", unit="months")
    rpo_minutes: int = setting(
        5,
        "How much work may be lost at most (the recovery point objective). Changes are saved well within it, and what "
        "is not alarms.",
        unit="minutes",
    )
    rto_minutes: int = setting(
        60,
        "How long it may take until the portal works again (the recovery time objective). Each drill is measured "
        "against it.",
        unit="minutes",
    )


RANGES = {
    "backup_keep_days": (2, 3660),
    "backup_keep_weeks": (0, 520),
    "backup_keep_months": (0, 1200),
    "rpo_minutes": (1, 1440),
    "rto_minutes": (1, 10080),
}


def problems(config: Backups) -> Iterator[str]:
    """Yield a sentence for each unsafe or impossible value; none repeats a secret."""
    hours = config.backup_hours
    if not all(re.fullmatch(r"[0-9]{1,2}", hour) and int(hour) < 24 for hour in hours):  # noqa: PLR2004 - a day's
        yield "backup_hours must hold hours of the day from 0 to 23, such as 2 or 2,14."
    place = config.backup_repository
    if place is not None and place != OFF:
        yield from _place(place)
    if config.backup_credentials is not None:
        yield from _credentials(config.backup_credentials)


def _place(place: str) -> Iterator[str]:
    if place.startswith("/"):
        return
    if not REMOTE.fullmatch(place):
        yield "backup_repository must be a whole path, or begin with sftp:, s3: or rest:."
    elif re.match(r"(s3|rest):http://(?!(localhost|127\.0\.0\.1|\[::1\])[:/])", place):
        yield "backup_repository: plain http:// is possible to this machine only; use https://."


def _credentials(path: Path) -> Iterator[str]:
    if not path.is_file():
        yield f"backup_credentials: there is no file {path}."
        return
    if path.stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP):
        yield f"backup_credentials: {path} can be read or changed by other users of this machine: chmod 600."
        return
    if not all(CREDENTIAL.fullmatch(line) for line in credential_lines(path)):
        yield (
            f"backup_credentials: {path} may hold lines such as AWS_ACCESS_KEY_ID=… and RESTIC_REST_PASSWORD=… and "
            "nothing else."
        )


def credential_lines(path: Path) -> list[str]:
    """Return the lines of a file of credentials that say something: NAME=value."""
    with path.open(encoding="utf-8", errors="replace") as file:
        lines = file.read(LONGEST_FILE_BYTES).splitlines()
    return [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]
