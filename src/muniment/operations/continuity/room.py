"""How much of this machine's disk backups leave to the portal: its work comes before its history."""

import os
from pathlib import Path

LEAST_FREE_BYTES = 64 * 2**20
BEGIN_BYTES = 4 * LEAST_FREE_BYTES  # or what was dropped for want of room would be dropped again at once


def free_bytes(place: Path) -> int:
    """Return how much room is left where `place` lies, for an ordinary user."""
    found = os.statvfs(place)
    return found.f_bavail * found.f_frsize


def is_scarce(*places: Path) -> bool:
    """Tell whether one of these directories, as far as they are there, lies on a disk that is all but full."""
    return any(place.is_dir() and free_bytes(place) < LEAST_FREE_BYTES for place in places)
