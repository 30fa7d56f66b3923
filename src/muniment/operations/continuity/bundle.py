"""Backups without restic: one sealed file with the database as it was and the store, and no way to moments between.

The file is a tar, sealed in segments of 1 MiB with AES-256-GCM. The key of a file is derived from keys/backup.key and
a random salt; each segment's nonce is its number and whether it is the last one, and the head is authenticated with
every segment. So a segment that was changed, left out, repeated or swapped does not open, nor does a file that was cut.

The tar holds manifest.json, then database/000000, database/000001 …, which in this order are one stream (the tar of a
base backup with its own write-ahead log, or a dump of an operator's server), then store/….

Source: Hoang, Reyhanitabar, Rogaway, Vizár: "Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance" (2015), the STREAM construction; RFC 5869.
"""

import io
import json
import os
import secrets
import struct
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from muniment.operations.continuity.restic import UNFINISHED, Source
from muniment.operations.continuity.troubles import RepositoryDamaged, WrongPassword

MAGIC = b"MUNBUND1"
SALT_BYTES = 32
SEGMENT_BYTES = 2**20
TAG_BYTES = 16
PIECE_BYTES = 8 * 2**20
HEAD_BYTES = len(MAGIC) + SALT_BYTES
LABEL = b"muniment/bundle/v1"
SUFFIX = ".bundle"


@dataclass(frozen=True)
class Manifest:
    """What a bundle is of: when (UTC), by which version, with which migrations, and what the database's stream is."""

    at: datetime
    version: str
    migrations: str
    database: str  # "base" (a tar of files) or "dump" (of pg_dump)

    def as_json(self) -> bytes:
        """Return it as JSON."""
        return json.dumps({**self.__dict__, "at": self.at.isoformat()}, sort_keys=True).encode()

    @classmethod
    def parse(cls, text: bytes) -> "Manifest":
        """Return what was written as JSON.

        Raises:
            RepositoryDamaged: it says something else.
        """
        try:
            said = json.loads(text)
            at = datetime.fromisoformat(said["at"])
            return cls(at, str(said["version"]), str(said["migrations"]), str(said["database"]))
        except (ValueError, KeyError, TypeError) as error:
            raise RepositoryDamaged("The bundle says nothing of what is in it.") from error


def write(path: Path, password: Path, manifest: Manifest, database: Source, store: Path) -> int:
    """Write a bundle, which is there whole or not at all, and return its size in bytes.

    Raises:
        OSError: there is no room.
        Failed: `database` broke.
    """
    part = path.with_name(path.name + ".part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            sealer = _Sealer(file, password.read_bytes())
            with tarfile.open(fileobj=sealer, mode="w|", format=tarfile.PAX_FORMAT) as tar:
                _add(tar, "manifest.json", manifest.as_json())
                for number, piece in enumerate(_pieces(database)):
                    _add(tar, f"database/{number:06d}", piece)
                _add_store(tar, store)
            sealer.end()
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return path.stat().st_size


def opens(path: Path, password: Path) -> bool:
    """Tell whether the first segment of a bundle opens: then it was made with this key."""
    try:
        with path.open("rb") as file:
            return bool(_Opener(file, password.read_bytes()).read(1))
    except (WrongPassword, RepositoryDamaged):
        return False


@contextmanager
def opened(path: Path, password: Path) -> Iterator[tarfile.TarFile]:
    """Give a bundle as a tar that is read from its beginning to its end, once; what is changed raises when it is met.

    Raises:
        WrongPassword: its first segment does not open.
        RepositoryDamaged: a later one does not, or the end is missing.
    """
    with path.open("rb") as file:
        opener = _Opener(file, password.read_bytes())
        try:
            with tarfile.open(fileobj=opener, mode="r|") as tar:
                yield tar
                for _ in tar:  # to the end, for what is missing must be met
                    pass
            opener.finish()
        except tarfile.TarError as error:
            raise RepositoryDamaged("The bundle does not hold what it should.") from error


def check(path: Path, password: Path) -> Manifest:
    """Read a whole bundle and return what it is of.

    Raises:
        WrongPassword, RepositoryDamaged: it does not open, all of it.
    """
    with opened(path, password) as tar:
        return read_manifest(tar)


def read_manifest(tar: tarfile.TarFile) -> Manifest:
    """Return the manifest, which is the first member of a bundle; who then goes through the tar meets it again.

    Raises:
        RepositoryDamaged: it is not.
    """
    first = tar.next()
    text = tar.extractfile(first) if first is not None and first.name == "manifest.json" else None
    if text is None:
        raise RepositoryDamaged("The bundle does not begin with its manifest.")
    return Manifest.parse(text.read())


def _pieces(source: Source) -> Iterator[bytes]:
    held = bytearray()
    while chunk := source.read(SEGMENT_BYTES):
        held += chunk
        if len(held) >= PIECE_BYTES:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    tar.addfile(member, io.BytesIO(content))


def _add_store(tar: tarfile.TarFile, store: Path) -> None:
    """Add what is complete in the store; what is removed meanwhile is no document any more."""
    tar.add(store, "store", recursive=False, filter=_plain)
    for folder, _, files in os.walk(store):
        for name in files:
            path = Path(folder) / name
            if not any(path.match(pattern) for pattern in UNFINISHED):
                with suppress(FileNotFoundError):  # it is opened before anything of it is written
                    tar.add(path, f"store/{path.relative_to(store)}", filter=_plain)


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


class _Sealer(io.RawIOBase):
    """Seals what is written into it, segment by segment."""

    def __init__(self, file: IO[bytes], password: bytes) -> None:
        super().__init__()
        salt = secrets.token_bytes(SALT_BYTES)
        self._file, self._cipher, self._head = file, AESGCM(_key(password, salt)), MAGIC + salt
        self._held, self._number = bytearray(), 0
        file.write(self._head)

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override] # what tarfile gives
        self._held += data
        while len(self._held) > SEGMENT_BYTES:
            self._seal(bytes(self._held[:SEGMENT_BYTES]), last=False)
            del self._held[:SEGMENT_BYTES]
        return len(data)

    def end(self) -> None:
        """Write the last segment."""
        self._seal(bytes(self._held), last=True)

    def _seal(self, plain: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last=last), plain, self._head))
        self._number += 1


class _Opener(io.RawIOBase):
    """Opens what a sealer sealed."""

    def __init__(self, file: IO[bytes], password: bytes) -> None:
        super().__init__()
        self._file, self._head = file, file.read(HEAD_BYTES)
        if len(self._head) != HEAD_BYTES or not self._head.startswith(MAGIC):
            raise RepositoryDamaged("This file is no bundle.")
        self._cipher = AESGCM(_key(password, self._head[len(MAGIC) :]))
        self._held, self._number, self._ended = b"", 0, False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        while not self._ended and (size < 0 or len(self._held) < size):
            self._held += self._next()
        taken = self._held if size < 0 else self._held[:size]
        self._held = self._held[len(taken) :]
        return taken

    def finish(self) -> None:
        """Read what is left."""
        while not self._ended:
            self._next()

    def _next(self) -> bytes:
        sealed = self._file.read(SEGMENT_BYTES + TAG_BYTES)
        last = len(sealed) < SEGMENT_BYTES + TAG_BYTES or not self._more()
        try:
            plain = self._cipher.decrypt(_nonce(self._number, last=last), sealed, self._head)
        except (InvalidTag, ValueError) as error:
            if self._number == 0:
                raise WrongPassword("The bundle does not open with keys/backup.key, or was changed.") from error
            raise RepositoryDamaged(f"Segment {self._number} of the bundle is not as it was written.") from error
        self._number += 1
        self._ended = last
        return plain

    def _more(self) -> bool:
        found = self._file.read(1)
        if found:
            self._file.seek(-1, os.SEEK_CUR)
        return bool(found)


def _nonce(number: int, *, last: bool) -> bytes:
    """Return the 12-byte nonce of a segment: seven zero bytes, its number, 1 for the last."""
    return bytes(7) + struct.pack(">IB", number, last)


def _key(password: bytes, salt: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=salt, info=LABEL).derive(password)
