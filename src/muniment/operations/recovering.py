"""Keys out of a key backup, into a data directory that has none: what a new machine begins with."""

import os
import tempfile
from pathlib import Path

from muniment.core.errors import PortalError
from muniment.operations.errors import StartRefused
from muniment.trust.vault.recovery import backup, shares

_BESIDE = ".keys-"


def needed_by(words: str, before: list[str]) -> int:
    """Return how many shares are needed, as the words of one say, which has to go with those typed before.

    Raises:
        StartRefused: they are not the words of a share, of the same sheet, or of another person's share.
    """
    try:
        share, known = shares.read(words), [shares.read(one) for one in before]
    except PortalError as refused:
        raise StartRefused(refused.sentence) from refused
    if any((one.set_id, one.needed) != (share.set_id, share.needed) for one in known):
        raise StartRefused("These words belong to another recovery sheet than those before.")
    if any(one.number == share.number for one in known):
        raise StartRefused("This is the same share again. Words of another person are needed.")
    return share.needed


def recover(source: Path, texts: list[str], data: Path) -> list[str]:
    """Write the files of a key backup into `keys` of a data directory and return their names.

    All of them are there, or none: they are written beside it and moved.

    Raises:
        StartRefused: there are keys already, the words do not open the file, or it cannot be read or written.
    """
    keys = data / "keys"
    try:
        if keys.exists() and any(keys.iterdir()):
            raise StartRefused(f"There are keys in {keys} already; move that directory away. Nothing was changed.")
        files = backup.open_(source.read_bytes(), texts)
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in data.glob(f"{_BESIDE}*"):  # by one that was killed: keys for anybody who reads this disk
            _wipe(left)
        beside = Path(tempfile.mkdtemp(prefix=_BESIDE, dir=data))
        try:
            for name, content in files.items():
                _write(beside / name, content)
            _sync(beside)
            beside.replace(keys)  # an empty directory gives way
        except OSError:
            _wipe(beside)
            raise
        _sync(data)
    except PortalError as refused:
        raise StartRefused(refused.sentence) from refused
    except OSError as error:
        raise StartRefused(f"The keys cannot be put back: {error.strerror} ({error.filename}).") from error
    return sorted(files)


def _wipe(folder: Path) -> None:
    """Write keys over and remove them."""
    for path in folder.iterdir():
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    folder.rmdir()


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
