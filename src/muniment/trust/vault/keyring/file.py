"""The root keys in one file that only the portal's own user can read.

It is the one secret that must be backed up apart from the database: with both, everything opens;
with the database alone, nothing does.
"""

import base64
import fcntl
import json
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn, Self

from muniment.core import clock
from muniment.trust.vault import wrapping
from muniment.trust.vault.errors import KeyMissing, KeyRefused
from muniment.trust.vault.keyring.contract import RootKeyFacts

_FORMAT = "root-key/v1"
_ID_BYTES = 8
_VERSION = b"\x01"
_WHAT_TO_DO = "Restore it from your key backup, then start again; nothing was changed."


@dataclass(frozen=True, slots=True, repr=False)
class _RootKey:
    id: bytes
    created_at: str
    key: bytes


class FileKeyring:
    """Keeps the root keys in a JSON file of mode 0600; nothing is usable before `create` or `load`."""

    def __init__(self, path: Path) -> None:
        """Name the file, without touching it."""
        self._path = path
        self._keys: dict[bytes, _RootKey] = {}
        self._current = b""

    def create(self) -> Self:
        """Make the file with one new root key; it is on disk when this returns.

        Raises:
            FileExistsError: there is such a file already; it is not touched.
        """
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        first = _new_root_key()
        with _changing(self._path.parent):
            temporary = self._write({first.id: first}, first.id)
            try:
                os.link(temporary, self._path)  # whole or not at all, and never over another file
            finally:
                temporary.unlink()
        return self.load()

    def rotate(self) -> None:
        """Add a new root key that wraps from now on; the older ones stay, to unwrap.

        Raises:
            KeyMissing, KeyRefused: as for `load`.
        """
        added = _new_root_key()
        with _changing(self._path.parent):
            self.load()  # under the lock: a key that somebody else just added must stay
            self._write({**self._keys, added.id: added}, added.id).replace(self._path)
        self.load()

    def load(self) -> Self:
        """Read the file.

        Raises:
            KeyMissing: there is no such file.
            KeyRefused: others may read it, it belongs to another user, or it is malformed.
        """
        try:
            document = json.loads(self._read())
            if set(document) != {"muniment", "current", "keys"} or document["muniment"] != _FORMAT:
                self._refuse("is not a keyring of this version")
            keys = [_parse(entry) for entry in document["keys"]]
            current = bytes.fromhex(document["current"])
        except (ValueError, TypeError, KeyError) as error:
            raise KeyRefused(f"{self._path} is damaged. {_WHAT_TO_DO}") from error
        found = {key.id: key for key in keys}
        if len(found) != len(keys) or current not in found:
            self._refuse("names a key twice, or a current key that it does not hold")
        self._keys, self._current = found, current
        return self

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Return a 32-byte key under the current root key: version (1), root key id (8), wrapped key (60)."""
        return _VERSION + self._current + wrapping.wrap(self._root(self._current), key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Return the 32-byte key that `wrap` sealed.

        Raises:
            KeyMissing: the root key that wrapped it is not in the file.
            KeyRefused: it was wrapped for another context, or was changed.
        """
        if wrapped[:1] != _VERSION:
            raise KeyRefused("a wrapped key is of another version")
        return wrapping.unwrap(self._root(_root_id(wrapped)), wrapped[1 + _ID_BYTES :], context)

    def is_current(self, wrapped: bytes) -> bool:
        """Tell whether the current root key wrapped this."""
        return wrapped[:1] == _VERSION and _root_id(wrapped) == self._current

    def facts(self) -> list[RootKeyFacts]:
        """Return what the file says of each of its root keys, newest first."""
        return [
            RootKeyFacts(
                id=key.id.hex(),
                adapter="file",
                algorithm="AES-256-GCM",
                created_at=datetime.fromisoformat(key.created_at),
                is_current=key.id == self._current,
            )
            for key in sorted(self._keys.values(), key=lambda key: key.created_at, reverse=True)
        ]

    def _root(self, root_id: bytes) -> bytes:
        found = self._keys.get(root_id)
        if found is None:
            raise KeyMissing(f"{self._path} does not hold root key {root_id.hex() or '(none loaded)'}. {_WHAT_TO_DO}")
        return found.key

    def _read(self) -> bytes:
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError as error:
            raise KeyMissing(f"There is no root key at {self._path}. {_WHAT_TO_DO}") from error
        except OSError as error:
            raise KeyRefused(f"{self._path} cannot be opened as a file of this user. {_WHAT_TO_DO}") from error
        try:
            self._check(os.fstat(descriptor))
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                return file.read()
        finally:
            os.close(descriptor)

    def _check(self, status: os.stat_result) -> None:
        if not stat.S_ISREG(status.st_mode):
            self._refuse("is not a plain file")
        if status.st_uid != os.geteuid():
            self._refuse(f"belongs to user {status.st_uid}, not to the portal's own user {os.geteuid()}")
        if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            self._refuse("can be read or changed by other users: set its mode to 0600, and consider the key known")

    def _write(self, keys: dict[bytes, _RootKey], current: bytes) -> Path:
        """Write a file of its own beside the keyring's, synced, and return its path."""
        entries = [
            {"id": key.id.hex(), "created_at": key.created_at, "key": base64.b64encode(key.key).decode()}
            for key in keys.values()
        ]
        document = {"muniment": _FORMAT, "current": current.hex(), "keys": entries}
        path = self._path.with_name(f".{self._path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(json.dumps(document, indent=2).encode() + b"\n")
            file.flush()
            os.fsync(descriptor)
        return path

    def _refuse(self, reason: str) -> NoReturn:
        raise KeyRefused(f"{self._path} {reason}. Nothing was opened and nothing was changed.")


def _new_root_key() -> _RootKey:
    return _RootKey(os.urandom(_ID_BYTES), clock.now().isoformat(), wrapping.new_key())


def _parse(entry: Any) -> _RootKey:
    found = _RootKey(
        id=bytes.fromhex(entry["id"]),
        created_at=datetime.fromisoformat(entry["created_at"]).isoformat(),
        key=base64.b64decode(entry["key"], validate=True),
    )
    if len(found.id) != _ID_BYTES or len(found.key) != wrapping.KEY_BYTES:
        raise ValueError("a key or its id has the wrong size")
    return found


def _root_id(wrapped: bytes) -> bytes:
    return wrapped[1 : 1 + _ID_BYTES]


@contextmanager
def _changing(folder: Path) -> Iterator[None]:
    """Let one process at a time change the folder, and put the change on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
