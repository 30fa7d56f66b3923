"""The place of a drill: a data directory of its own below the portal's, with the portal's keys and nobody else's data.

It is gone after the drill. One that a killed drill left is removed before the next one, and when the agent starts; its
server has ended by then, because the kernel tells it to when its parent dies.
"""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from muniment.assurance.continuity.types import Trouble
from muniment.core.config import Config
from muniment.operations import locks
from muniment.operations.continuity.troubles import Failed

NAME: Final = "drill"  # short: the path of a socket in it has to fit
LEAVING_SECONDS: Final = 60.0
_SHARED: Final = ("keys", "pg")  # what is the portal's own and stays where it is


def place_of(present: Config) -> Path:
    """Return the directory in which drills of this installation take place."""
    return present.data / NAME


def inside(present: Config) -> Config:
    """Return the settings with which programs work on what was restored: they reach nothing of the running portal."""
    return replace(
        present,
        data=place_of(present),
        database_url=None,
        store="disk",
        s3_bucket=None,
        s3_endpoint=None,
        s3_region=None,
        s3_credentials=None,
        s3_authority=None,
        backup_repository="none",
        demo=False,
    )


def clean(present: Config) -> bool:
    """Remove what a drill left that was killed; return whether there was something.

    Raises:
        Failed: a drill is under way.
    """
    with _lock(present):
        return _remove(place_of(present))


@contextmanager
def scratch(present: Config) -> Iterator[Path]:
    """Give an empty place for one drill at a time, and remove it with all in it.

    Raises:
        Failed: another drill is under way.
    """
    with _lock(present):
        place = place_of(present)
        _remove(place)
        place.mkdir(mode=0o700)
        try:
            for name in _SHARED:
                (place / name).symlink_to(present.data / name)
            yield place
        finally:
            _remove(place)


@contextmanager
def _lock(present: Config) -> Iterator[None]:
    try:
        held = locks.hold(present.data / "drill.lock")
    except locks.LockTaken as taken:
        raise Failed("A drill is under way.", Trouble.LOCKED) from taken
    with held:
        yield


def _remove(place: Path) -> bool:
    """Remove a place whose server may still be leaving; links in it are removed, never what they lead to."""
    if not place.exists():
        return False
    deadline = time.monotonic() + LEAVING_SECONDS
    while _is_served(place) and time.monotonic() < deadline:
        time.sleep(0.1)
    shutil.rmtree(place, ignore_errors=True)
    with suppress(FileNotFoundError):
        shutil.rmtree(place)  # what was written meanwhile
    return True


def _is_served(place: Path) -> bool:
    """Tell whether a database server lives there."""
    try:
        process_id = int((place / "database" / "postmaster.pid").read_text(encoding="ascii").split()[0])
        os.kill(process_id, 0)
    except (OSError, ValueError, IndexError):
        return False
    return True
