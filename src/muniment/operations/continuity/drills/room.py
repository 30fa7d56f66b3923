"""Look whether a drill has the room and the memory it needs, before anything of it is there."""

import shutil
from pathlib import Path
from typing import Final

from muniment.assurance.continuity.types import Trouble
from muniment.operations.continuity.troubles import Failed

MEMORY_BYTES: Final = 384 * 2**20  # a server with its cache, and one process of ours beside it
SPARE_BYTES: Final = 256 * 2**20  # for what recovery writes itself
SPARE_SHARE: Final = 1.2
_MEMORY = Path("/proc/meminfo")


def require(place: Path, *, needed_bytes: int) -> None:
    """Look at the disk of `place` and at the memory of this machine.

    Raises:
        Failed: there is too little of one; the message says of which and how much is missing.
    """
    needed = int(needed_bytes * SPARE_SHARE) + SPARE_BYTES
    free = shutil.disk_usage(place).free
    if free < needed:
        raise Failed(
            f"A drill needs {_size(needed)} on the disk of {place}, and {_size(free)} are free. Nothing was begun.",
            Trouble.NO_ROOM,
        )
    available = available_bytes()
    if available is not None and available < MEMORY_BYTES:
        raise Failed(
            f"A drill needs {_size(MEMORY_BYTES)} of memory, and {_size(available)} are available. Nothing was begun.",
            Trouble.NO_ROOM,
        )


def available_bytes() -> int | None:
    """Return how much memory programs can still have; None where the system does not say."""
    try:
        lines = _MEMORY.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = [line.split()[1] for line in lines if line.startswith("MemAvailable:")]
    return int(found[0]) * 1024 if found else None


def _size(count: int) -> str:
    return f"{count / 2**20:,.0f} MiB"
