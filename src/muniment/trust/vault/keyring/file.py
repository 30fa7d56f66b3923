"""The root keys in one file that only the portal's own user can read, under a passphrase if one is set.

It is the one secret that must be backed up apart from the database: with both, everything opens;
with the database alone, nothing does.
"""

import fcntl
import os
import secrets
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NoReturn, Self

from muniment.core import clock
from muniment.core.config import Config
from muniment.trust.vault.errors import KeyMissing, KeyRefused
from muniment.trust.vault.keyring import passphrase
from muniment.trust.vault.keyring.contract import RootKeyFacts
from muniment.trust.vault.keyring.file_format import ID_BYTES, Malformed, RootKey, WrongPassphrase, parse, render
from muniment.trust.vault.keys import wrapping
from muniment.trust.vault.keys.locked import ForkedAway, LockedMemory

KIND = b"\x01"
_WHAT_TO_DO = "Restore it from your key backup, then start again; nothing was changed."


@dataclass(frozen=True, slots=True)
class _Loaded:
    """The file as it was when it was read; the keys themselves lie in locked memory."""

    memory: LockedMemory
    places: dict[bytes, int]
    facts: dict[bytes, datetime]
    current: bytes
    version: tuple[int, int, int]  # of the file: who replaces it gives it another


def open_keyring(config: Config) -> "FileKeyring":
    """Return the keyring of the settings, loaded.

    Raises:
        KeyMissing, KeyRefused: as for `FileKeyring.load`.
    """
    return from_settings(config).load()


def from_settings(config: Config) -> "FileKeyring":
    """Return the keyring of the settings without touching its file."""
    source = config.keyring_passphrase
    return FileKeyring(config.root_key, passphrase=None if source is None else passphrase.read(source))


class FileKeyring:
    """Keeps the root keys in a JSON file of mode 0600; nothing is usable before `create` or `load`."""

    def __init__(self, path: Path, *, passphrase: bytes | None = None) -> None:
        """Name the file, without touching it, and the passphrase it is sealed with."""
        self._path = path
        self._passphrase = passphrase
        self._guard = threading.RLock()
        self._loaded: _Loaded | None = None

    def create(self) -> Self:
        """Make the file with one new root key; it is on disk when this returns.

        Raises:
            FileExistsError: there is such a file already; it is not touched.
        """
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _changing(self._path.parent):
            temporary = self._write([_new_root_key()])
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
        with _changing(self._path.parent):
            found, _ = self._read()  # under the lock: a key that somebody else just added must stay
            self._write([_new_root_key(), *found]).replace(self._path)
        self.load()

    def protect(self, new: bytes | None) -> None:
        """Seal the file with another passphrase, or with none; the root keys stay what they are.

        Raises:
            KeyMissing, KeyRefused: as for `load`, with the passphrase it had.
        """
        with _changing(self._path.parent):
            found, _ = self._read()
            self._passphrase = new
            self._write(found).replace(self._path)
        self.load()

    def load(self) -> Self:
        """Read the file.

        Raises:
            KeyMissing: there is no such file.
            KeyRefused: others may read it, it belongs to another user, it is malformed, it wants another
                passphrase, or it has none although one is set.
        """
        found, version = self._read()
        memory = LockedMemory()
        loaded = _Loaded(
            memory,
            {key.id: memory.put(key.key) for key in found},
            {key.id: key.created_at for key in found},
            found[0].id,
            version,
        )
        with self._guard:
            self._loaded = loaded
        return self

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Return a 32-byte key under the current root key: kind (1), root key id (8), wrapped key (60)."""
        current = self._fresh().current
        return KIND + current + wrapping.wrap(self._root(current), key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Return the 32-byte key that `wrap` sealed.

        Raises:
            KeyMissing: the root key that wrapped it is not in the file.
            KeyRefused: it was wrapped for another context, or was changed.
        """
        if wrapped[:1] != KIND:
            raise KeyRefused("a wrapped key is of another kind of keyring: is the setting keyring the right one?")
        return wrapping.unwrap(self._root(_root_id(wrapped)), wrapped[1 + ID_BYTES :], context)

    def is_current(self, wrapped: bytes) -> bool:
        """Tell whether the current root key wrapped this."""
        return wrapped[:1] == KIND and _root_id(wrapped) == self._fresh().current

    def facts(self) -> list[RootKeyFacts]:
        """Return what the file says of each of its root keys, newest first."""
        loaded = self._fresh()
        newest_first = sorted(loaded.facts.items(), key=lambda fact: (fact[0] == loaded.current, fact[1]), reverse=True)
        return [
            RootKeyFacts(
                id=root_id.hex(),
                adapter="file",
                algorithm="AES-256-GCM",
                created_at=created_at,
                is_current=root_id == loaded.current,
            )
            for root_id, created_at in newest_first
        ]

    def _root(self, root_id: bytes) -> bytes:
        loaded = self._opened()
        if root_id not in loaded.places:
            loaded = self._fresh()  # another process may have turned the root key
        place = loaded.places.get(root_id)
        if place is None:
            raise KeyMissing(
                f"{self._path} does not hold root key {root_id.hex() or '(none)'}: keys and database are not of "
                f"the same installation, or the file is too old. {_WHAT_TO_DO}"
            )
        try:
            return loaded.memory.get(place)
        except ForkedAway:
            self.load()
            return self._root(root_id)

    def _fresh(self) -> _Loaded:
        """Return the file as it is now, read again if somebody replaced it."""
        with self._guard:  # or every thread would read it, each deriving the passphrase's key
            loaded = self._opened()
            try:
                is_same = loaded.version == _version(self._path.lstat())
            except FileNotFoundError:
                return loaded  # what was loaded goes on; the next start says that the file is gone
            return loaded if is_same else self.load()._opened()  # noqa: SLF001 (its own)

    def _opened(self) -> _Loaded:
        with self._guard:
            if self._loaded is None:
                raise KeyMissing(f"{self._path} was not loaded. {_WHAT_TO_DO}")
            return self._loaded

    def _read(self) -> tuple[list[RootKey], tuple[int, int, int]]:
        """Return the root keys, the current one first, and the version of the file."""
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError as error:
            raise KeyMissing(f"There is no root key at {self._path}. {_WHAT_TO_DO}") from error
        except OSError as error:
            raise KeyRefused(f"{self._path} cannot be opened as a file of this user. {_WHAT_TO_DO}") from error
        try:
            status = os.fstat(descriptor)
            self._check(status)
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                return parse(file.read(), self._passphrase), _version(status)
        except WrongPassphrase as error:
            self._refuse(str(error))
        except Malformed as error:
            raise KeyRefused(f"{self._path} is damaged: {error}. {_WHAT_TO_DO}") from error
        finally:
            os.close(descriptor)

    def _check(self, status: os.stat_result) -> None:
        if not stat.S_ISREG(status.st_mode):
            self._refuse("is not a plain file")
        if status.st_uid != os.geteuid():
            self._refuse(f"belongs to user {status.st_uid}, not to the portal's own user {os.geteuid()}")
        if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            self._refuse("can be read or changed by other users: set its mode to 0600, and consider the key known")

    def _write(self, keys: list[RootKey]) -> Path:
        """Write a synced file beside the keyring's and return its path; the first key is the current one."""
        content = render(keys, self._passphrase)
        path = self._path.with_name(f".{self._path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(descriptor)
        except OSError:
            path.unlink()  # no room: the file that is there stays
            raise
        return path

    def _refuse(self, reason: str) -> NoReturn:
        raise KeyRefused(f"{self._path} {reason}. Nothing was opened and nothing was changed.")


def _new_root_key() -> RootKey:
    return RootKey(os.urandom(ID_BYTES), clock.now(), wrapping.new_key())


def _root_id(wrapped: bytes) -> bytes:
    return wrapped[1 : 1 + ID_BYTES]


def _version(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_ino, status.st_mtime_ns, status.st_size


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
