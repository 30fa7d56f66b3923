"""The files of a blob on the disk, and writing that lasts."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from muniment.trust.vault.blobs.segments import Buffer
from muniment.trust.vault.errors import StoreFull

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
SAFE = os.O_NOFOLLOW | os.O_CLOEXEC


class Paths:
    """The files of one blob."""

    def __init__(self, root: Path, client_id: UUID, blob_id: UUID) -> None:
        """Name them."""
        self._root = root
        self._name = blob_id.hex
        self.folder = root / client_id.hex / blob_id.hex[-2:]
        self.part = self.folder / f"{self._name}.part"
        self.complete = self.folder / f"{self._name}.mnb"
        self.copy = self.folder / f"{self._name}.copy"

    def tail(self, offset: int) -> Path:
        """Return the file of the tail of an offset."""
        return self.folder / f"{self._name}.tail.{offset}"

    def drop_tails(self) -> None:
        """Remove every tail."""
        for path in self.folder.glob(f"{self._name}.tail.*"):
            path.unlink(missing_ok=True)

    def make_folder(self) -> None:
        """Make the folder of the blob, on the disk when this returns."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (self.folder.parent, self.folder):
            folder.mkdir(mode=0o700, exist_ok=True)
            sync_folder(folder.parent)  # even if it was there: who made it may not have got this far


def write_all(descriptor: int, data: Buffer, offset: int) -> None:
    """Write all of `data` at an offset."""
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, offset)
        view = view[written:]
        offset += written


def sync_folder(path: Path) -> None:
    """Return once the names in a folder are on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | SAFE)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def room() -> Iterator[None]:
    """Turn "no room" into the refusal of that name; a broken disk stays an OSError."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFull from error
        raise
