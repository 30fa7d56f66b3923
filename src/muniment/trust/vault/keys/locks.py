"""The locks of keys: what is needed beside the database to open a key in it, and what is destroyed with the key.

A wrapped key in the database is closed once more, with a secret that the database never holds: not a row, not its
log, and so no backup of it. All these secrets follow from one small file, `keys/locks`, from which the secret of one
client, person or document can be taken away for ever (`puncturing`). That is what makes a destroyed key's copies in
backups worthless. Nothing has to be written when a client or a document is made; the file changes only when something
is destroyed. Whoever changes it holds a lock on its directory; the old file is written over before it goes.
"""

import hashlib
import mmap
import os
import stat
import struct
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from muniment.core import clock, config
from muniment.trust.vault.errors import KeyDestroyed, KeyMissing, KeyRefused
from muniment.trust.vault.keys import puncturing, secret_files
from muniment.trust.vault.keys.puncturing import Node
from muniment.trust.vault.keys.wrapping import KEY_BYTES, NONCE_BYTES, TAG_BYTES

_MAGIC = b"muniment/locks/v1\n"
_HEAD = struct.Struct(">18s16sQQ?")
_SUM_BYTES = 32
_CLOSED = b"L"
_LABEL = b"muniment/closed/v1"
_BARE_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES  # a wrapped key that is not closed may begin with any byte
_WHAT_TO_DO = "Put it back from your key backup (muniment keys recover); nothing was changed."


@dataclass(frozen=True, slots=True)
class Book:
    """What the file of the locks says beside its secrets.

    `began_at`: since when new keys are closed. `late_at`: when the last key was closed that had been there before;
    None if there was none. `is_complete`: whether every key is closed.
    """

    id: bytes
    began_at: datetime
    late_at: datetime | None = None
    is_complete: bool = False


def create(path: Path) -> None:
    """Make the file with a new secret; it is on the disk when this returns.

    Raises:
        FileExistsError: there is one; it is not touched.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with secret_files.changing(path):
        secret_files.make(path, render(Book(os.urandom(16), clock.now()), [puncturing.top(os.urandom(KEY_BYTES))]))


def close(name: bytes, wrapped: bytes) -> bytes:
    """Return a wrapped key closed with the lock of a name.

    Raises:
        KeyDestroyed: that lock was destroyed.
        KeyMissing, KeyRefused: the file of the locks is not there, or not as it must be.
    """
    nonce = os.urandom(NONCE_BYTES)
    return _CLOSED + nonce + AESGCM(_secret(name)).encrypt(nonce, wrapped, _LABEL + name)


def open_(name: bytes, closed: bytes) -> bytes:
    """Return the wrapped key that `close` closed; one that was never closed comes back as it is.

    Raises:
        KeyDestroyed: the lock was destroyed: the key will never open again, also if it was not closed.
        KeyRefused: it was closed for another name, with other locks, or was changed.
        KeyMissing: the file of the locks is not there.
    """
    secret = _secret(name)
    if not is_closed(closed):
        return closed
    start = len(_CLOSED) + NONCE_BYTES
    try:
        return AESGCM(secret).decrypt(closed[len(_CLOSED) : start], closed[start:], _LABEL + name)
    except InvalidTag as error:
        raise KeyRefused(
            "a key is closed with another lock: the locks and the database are not of the same installation"
        ) from error


def is_closed(wrapped: bytes) -> bool:
    """Tell whether a wrapped key needs a lock to be opened."""
    return wrapped[:1] == _CLOSED and len(wrapped) > _BARE_BYTES


def destroyed(names: Iterable[bytes]) -> set[bytes]:
    """Return the names whose lock was destroyed, after every byte of the file was looked at.

    Raises:
        KeyMissing, KeyRefused: the file of the locks is not there, or not as it must be.
    """
    _, nodes = _read(config.current().locks)
    return {name for name in names if not puncturing.is_kept(nodes, puncturing.leaf_of(name))}


def destroy(names: Iterable[bytes]) -> int:
    """Destroy locks; the disk has it when this returns. Return how many there still were; repeating it does no harm.

    Raises:
        KeyMissing, KeyRefused: the file of the locks is not there, or not as it must be.
        OSError: there is no room; nothing was destroyed.
    """
    path, count = config.current().locks, 0
    with secret_files.changing(path):
        book, nodes = _read(path)
        for name in names:
            leaf = puncturing.leaf_of(name)
            if puncturing.is_kept(nodes, leaf):
                nodes, count = puncturing.without(nodes, leaf), count + 1
        if count:
            _replace(path, book, nodes)
    return count


def book(path: Path | None = None) -> Book:
    """Return what the file says of itself; every byte of it is looked at.

    Raises:
        KeyMissing, KeyRefused: it is not there, or not as it must be.
    """
    return _read(path or config.current().locks)[0]


def note(*, late_at: datetime | None = None, is_complete: bool) -> None:
    """Write down that keys which were there before were closed by now (`late_at`), and whether all are.

    Raises:
        KeyMissing, KeyRefused: as for `book`.
    """
    path = config.current().locks
    with secret_files.changing(path):
        found, nodes = _read(path)
        fresh = replace(found, late_at=late_at or found.late_at, is_complete=is_complete)
        if fresh != found:
            _replace(path, fresh, nodes)


def parse(data: bytes) -> tuple[Book, list[Node]]:
    """Return what a file of locks says, and its nodes.

    Raises:
        KeyRefused: it was changed or cut off.
    """
    body, total = data[:-_SUM_BYTES], data[-_SUM_BYTES:]
    if len(body) < _HEAD.size + puncturing.NODE_BYTES or hashlib.sha256(body).digest() != total:
        raise KeyRefused(f"The file of the locks is damaged. {_WHAT_TO_DO}")
    magic, book_id, began, late, is_complete = _HEAD.unpack_from(body)
    if magic != _MAGIC:
        raise KeyRefused("The file of the locks is of a newer version of Muniment. Nothing was changed.")
    try:
        nodes = puncturing.parse(body[_HEAD.size :])
    except ValueError as error:
        raise KeyRefused(f"The file of the locks is damaged: {error}. {_WHAT_TO_DO}") from error
    return Book(book_id, _moment(began), _moment(late) if late else None, is_complete), nodes


def render(book: Book, nodes: Iterable[Node]) -> bytes:
    """Return a file of locks as bytes."""
    late = _micros(book.late_at) if book.late_at else 0
    head = _HEAD.pack(_MAGIC, book.id, _micros(book.began_at), late, book.is_complete)
    body = head + puncturing.render(list(nodes))
    return body + hashlib.sha256(body).digest()


def _secret(name: bytes) -> bytes:
    found = _find(name)
    if found is None:
        _read(config.current().locks)  # or it is only damaged
        raise KeyDestroyed("the lock of this key was destroyed: nothing sealed with it will ever open again")
    return found


def _find(name: bytes) -> bytes | None:
    """Return the lock of a name from the file as it is now; few of its bytes are read, and none is kept."""
    path, leaf = config.current().locks, puncturing.leaf_of(name)
    while True:
        descriptor = _open(path)
        try:
            status = os.fstat(descriptor)
            count, rest = divmod(status.st_size - _HEAD.size - _SUM_BYTES, puncturing.NODE_BYTES)
            if count < 1 or rest:
                raise KeyRefused(f"The file of the locks is damaged. {_WHAT_TO_DO}")
            with mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) as data:
                found = puncturing.secret_of(puncturing.Stored(data, start=_HEAD.size, count=count), leaf)
            # Or somebody replaced it while it was read, and wrote the old one over. While it is open, no other file
            # can have its number.
            if secret_files.is_still(path, status):
                return found
        finally:
            os.close(descriptor)


def _read(path: Path) -> tuple[Book, list[Node]]:
    while True:
        descriptor = _open(path)
        with os.fdopen(descriptor, "rb") as file:
            status, data = os.fstat(descriptor), file.read()
            if secret_files.is_still(path, status):
                return parse(data)


def _open(path: Path) -> int:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise KeyMissing(f"The locks of the keys are missing: there is no {path}. {_WHAT_TO_DO}") from error
    except OSError as error:
        raise KeyRefused(f"{path} cannot be opened as a file of this user. {_WHAT_TO_DO}") from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        os.close(descriptor)
        raise KeyRefused(
            f"{path} can be read or changed by other users: set its mode to 0600, and consider the locks known."
        )
    return descriptor


def _replace(path: Path, book: Book, nodes: Iterable[Node]) -> None:
    secret_files.replace(path, render(book, nodes))


def _micros(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


def _moment(micros: int) -> datetime:
    return datetime.fromtimestamp(micros / 1_000_000, UTC)
