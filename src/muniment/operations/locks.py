"""One process at a time: a lock that ends with whoever holds it, however it ends."""

import fcntl
import os
from pathlib import Path
from typing import IO


class LockTaken(Exception):
    """Somebody else holds the lock; `process_id` tells who, where that is known."""

    def __init__(self, process_id: int | None) -> None:
        super().__init__(process_id)
        self.process_id = process_id


def hold(path: Path) -> IO[str]:
    """Take the lock on `path`, a file made if missing, and return it; closing it gives the lock back.

    The kernel frees the lock when the holder dies, so a crash leaves nothing to clean up.

    Raises:
        LockTaken: another process holds it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    file = os.fdopen(descriptor, "r+", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        digits = file.read(20).strip()
        file.close()
        raise LockTaken(int(digits) if digits.isdecimal() else None) from error
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file
