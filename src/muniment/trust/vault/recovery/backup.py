"""The key backup: one file, always of the newest state, that opens with the words of a recovery sheet.

It holds the files of the keys directory and the locks of keys. It never keeps what was before: a lock that was
destroyed is gone from here with the next writing. `recovery.json` beside the locks says for which sheets it is sealed.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from muniment.core import clock
from muniment.core.config import Config
from muniment.trust.vault.errors import KeyBackupAway, KeyBackupDamaged
from muniment.trust.vault.keys import secret_files
from muniment.trust.vault.recovery import sealing, shares

NAME = "muniment.keys"
SHEETS = "recovery.json"
LOCKS = "locks"
_FILE_NAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that the key backup is sealed for: its id and the public part of its secret, 32 bytes."""

    id: str
    public: bytes


def place(config: Config) -> Path:
    """Return the file of the key backup."""
    return (config.key_backup or config.data / "backups" / "keys") / NAME


def sheets(config: Config) -> list[Sheet]:
    """Return the sheets that the key backup is sealed for, the newest first."""
    try:
        found = json.loads(_sheets_file(config).read_bytes())
    except FileNotFoundError:
        return []
    return [Sheet(one["id"], bytes.fromhex(one["public"])) for one in found["sheets"]]


def seal_for(config: Config, chosen: Sequence[Sheet]) -> None:
    """Seal the key backup for these sheets from now on, and write it.

    Raises:
        KeyBackupAway: it cannot be written; everything stays as it was.
    """
    path, before = _sheets_file(config), sheets(config)
    _write_sheets(path, chosen)
    try:
        write(config)
    except KeyBackupAway:
        _write_sheets(path, before)
        raise


def write(config: Config) -> bool:
    """Bring the key backup up to date; False if it was, or if there is no sheet yet that would open it.

    Raises:
        KeyBackupAway: it cannot be written; the file that is there stays.
    """
    if not sheets(config):
        return False
    path = place(config)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with secret_files.changing(path):
            chosen, files = sheets(config), collect(config)  # under the lock: nobody puts an older state over it
            state = _state(files)
            if _is_written(path, state, chosen):
                return False
            content = json.dumps({name: base64.b64encode(data).decode() for name, data in files.items()}).encode()
            told = [(sheet.id, sheet.public) for sheet in chosen]
            made_at = clock.now().isoformat(timespec="seconds")
            secret_files.replace(path, sealing.seal(content, made_at=made_at, state=state, sheets=told))
    except OSError as error:
        raise KeyBackupAway from error
    return True


def is_current(config: Config) -> bool:
    """Tell whether the key backup holds the keys as they are, and is sealed for the sheets there are."""
    return _is_written(place(config), _state(collect(config)), sheets(config))


def head(path: Path) -> sealing.Head | None:
    """Return what a key backup says openly; None if there is none.

    Raises:
        KeyBackupDamaged: it is none.
        OSError: it cannot be read.
    """
    try:
        return sealing.read(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None


def collect(config: Config) -> dict[str, bytes]:
    """Return the files of the keys directory and the locks, by name."""
    found = {path.name: path.read_bytes() for path in sorted(config.keys.iterdir()) if _belongs(path)}
    for name, path in ((LOCKS, config.locks), (SHEETS, _sheets_file(config))):
        if path.exists():
            found[name] = path.read_bytes()
    return found


def open_(sealed: bytes, texts: list[str]) -> dict[str, bytes]:
    """Return the files in a key backup, with the words of as many people as are needed.

    Raises:
        ShareUnreadable, ShareOfAnother, SharesMissing: as for `shares.combine`; also if they are of another sheet.
        KeyBackupDamaged: it was changed.
    """
    content = sealing.open_(sealed, shares.combine(texts))
    try:
        found = {str(name): base64.b64decode(data, validate=True) for name, data in json.loads(content).items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise KeyBackupDamaged from error
    if not all(name[:1] != "." and set(name) <= _FILE_NAME_CHARACTERS for name in found):
        raise KeyBackupDamaged
    return found


def _sheets_file(config: Config) -> Path:
    """Return the file that says for which sheets the backup is sealed: beside the locks, which all hosts share."""
    return config.locks.with_name(SHEETS)


def _write_sheets(path: Path, chosen: Sequence[Sheet]) -> None:
    told = {"sheets": [{"id": sheet.id, "public": sheet.public.hex()} for sheet in chosen]}
    try:
        with secret_files.changing(path):
            secret_files.replace(path, json.dumps(told).encode())
    except OSError as error:
        raise KeyBackupAway from error


def _belongs(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and path.name[:1] != "." and path.name not in {LOCKS, SHEETS, NAME}


def _is_written(path: Path, state: str, chosen: Sequence[Sheet]) -> bool:
    try:
        found = head(path)
    except KeyBackupDamaged:
        return False
    return found is not None and found.state == state and list(found.sheets) == [sheet.id for sheet in chosen]


def _state(files: dict[str, bytes]) -> str:
    """Return a digest of the files. What is in them is random and long, so that it gives nothing away."""
    digests = [(name, hashlib.sha256(data).hexdigest()) for name, data in sorted(files.items())]
    return hashlib.sha256(json.dumps(digests).encode()).hexdigest()
