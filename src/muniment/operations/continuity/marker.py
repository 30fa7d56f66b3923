"""Remembers where backups lie: a place that is empty later is away, and a key that was lost is not made anew."""

import hashlib
from pathlib import Path

NAME = "repository.id"


def exists(work: Path) -> bool:
    """Tell whether there were backups anywhere."""
    return (work / NAME).exists()


def is_known(work: Path, place: str) -> bool:
    """Tell whether the newest backups were at this place."""
    marker = work / NAME
    return marker.is_file() and marker.read_text(encoding="ascii") == _digest(place)


def remember(work: Path, place: str) -> None:
    """Remember that there are backups at this place."""
    if not is_known(work, place):
        (work / NAME).write_text(_digest(place), encoding="ascii")


def _digest(place: str) -> str:
    """Return what stands for a place, which may have a password in it."""
    return hashlib.sha256(place.encode()).hexdigest()
