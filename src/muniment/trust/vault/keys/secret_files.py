"""Small files with secrets: replaced whole, by one process at a time, and what they held before is written over.

Whoever is killed between two steps leaves a whole file, and beside it one whose name begins with a dot: the next one
who changes something writes that over and removes it.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def changing(path: Path) -> Iterator[None]:
    """Let one process at a time change the file at `path`, whose directory is there, and sync that at the end."""
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        for left in path.parent.glob(f".{path.name}.*"):
            wipe(left)
        yield
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make(path: Path, content: bytes) -> None:
    """Make a file of mode 0600 while it is being `changing`.

    Raises:
        FileExistsError: there is one; it is not touched.
    """
    temporary = _write(path, content)
    try:
        os.link(temporary, path)  # whole or not at all, and never over another file
    finally:
        temporary.unlink()


def replace(path: Path, content: bytes) -> None:
    """Put new content in the place of the old, while it is being `changing`, and write the old over; it may be missing.

    The old file has a second name meanwhile, under which the next one finds it if this process dies.

    Raises:
        OSError: there is no room, or no right; the old file stays.
    """
    temporary = _write(path, content)
    old = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        os.link(path, old)
    except FileNotFoundError:
        temporary.replace(path)
        return
    temporary.replace(path)
    _sync(path.parent)
    wipe(old)


def wipe(path: Path) -> None:
    """Write a file over and remove it; one that has another name is in use under that one, and stays whole."""
    with path.open("r+b") as file:
        status = os.fstat(file.fileno())
        if status.st_nlink == 1:
            file.write(bytes(status.st_size))
            file.flush()
            os.fsync(file.fileno())
    path.unlink()


def is_still(path: Path, status: os.stat_result) -> bool:
    """Tell whether the file that was opened is the one at `path` now; if not, it may have been written over."""
    try:
        now = path.lstat()
    except OSError:
        return False
    return (now.st_dev, now.st_ino) == (status.st_dev, status.st_ino)


def _write(path: Path, content: bytes) -> Path:
    """Write a synced file beside that at `path` and return where it is."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
    except OSError:
        temporary.unlink()
        raise
    return temporary


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
