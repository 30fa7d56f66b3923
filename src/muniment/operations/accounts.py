"""The unprivileged account that the portal runs under when root starts it."""

import os
import pwd
import subprocess
import sys
from functools import cache
from pathlib import Path

from muniment.operations.errors import StartRefused
from muniment.operations.processes import Account

NAME = "muniment"
PROBE = "import django, granian, muniment"
PROBE_SECONDS = 30


def is_root() -> bool:
    """Tell whether this process runs as root."""
    return os.geteuid() == 0


def own() -> Account:
    """Return the account of this process."""
    entry = pwd.getpwuid(os.geteuid())
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def ensure_system_user(name: str = NAME) -> Account:
    """Return the system account `name`, made first if it is missing: no login shell, no home, no password.

    Raises:
        StartRefused: it is missing and cannot be made.
    """
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        try:
            subprocess.run(
                [*command, "--shell", "/usr/sbin/nologin", name],
                check=True,
                capture_output=True,
                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
            )
            entry = pwd.getpwnam(name)
        except (OSError, subprocess.CalledProcessError, KeyError) as error:
            raise StartRefused(
                f"PostgreSQL refuses to run as root, and the system user {name} could not be made. "
                f"Make it with: useradd --system --shell /usr/sbin/nologin {name}"
            ) from error
    if entry.pw_uid == 0:
        raise StartRefused(f"The system user {name} is root under another name.")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


@cache
def can_run_portal(account: Account) -> bool:
    """Tell whether `account` can read the interpreter, its environment and the portal's code."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", PROBE],
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            cwd="/",
            env={"PATH": os.defpath},
            capture_output=True,
            timeout=PROBE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def can_enter(account: Account, directory: Path) -> bool:
    """Tell whether `account` can enter `directory`, which exists, and every directory above it."""
    return (
        subprocess.run(
            ["/usr/bin/test", "-x", directory],
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            cwd="/",
            check=False,
        ).returncode
        == 0
    )


def hand_over(path: Path, account: Account) -> None:
    """Make `account` the owner of `path` and of all below it. Links are changed, never followed."""
    for directory, folders, files in os.walk(path, topdown=False):
        for name in [*folders, *files]:
            hand_over_alone(Path(directory) / name, account)
    hand_over_alone(
        path, account
    )  # last: where a folder has the right owner, an interrupted walk below it was finished


def hand_over_alone(path: Path, account: Account) -> None:
    """Make `account` the owner of `path` and of nothing below it."""
    if path.lstat().st_uid != account.uid:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def closed_interpreter(account: Account) -> str:
    """Return the sentence that says why the portal stays root, and how to mend it."""
    return (
        f"{account.name} cannot read {Path(sys.executable).resolve()} or the packages beside it, so only the database "
        "runs unprivileged. Install Python and the portal where every user may read them (/usr/bin/python3 with an "
        "environment under /opt, for example), or start the portal as an ordinary user."
    )
