"""The passphrase over the root key's file: where it comes from, and the key that Argon2id makes of it.

It never stands in the environment or on a command line, which other programs of the machine can read. The first
process of the portal reads it once, from an open file descriptor or a systemd credential, and keeps it in a file
without a name in memory; the processes it starts inherit that descriptor under the same number.
"""

import fcntl
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from muniment.trust.vault.errors import KeyMissing, KeyRefused
from muniment.trust.vault.keys.wrapping import KEY_BYTES

CREDENTIALS = "CREDENTIALS_DIRECTORY"  # set by systemd: a path, not a secret
MAXIMUM_BYTES = 1024
MINIMUM_CHARACTERS = 12
SALT_BYTES = 16

# The second recommended choice of RFC 9106: a machine for a small firm has not 2 GiB to spare for each process
ITERATIONS, LANES, MEMORY_KIB = 3, 4, 64 * 1024
_LIMITS = {"iterations": (1, 100), "lanes": (1, 64), "memory_kib": (8 * 64, 4 * 2**20)}


@dataclass(frozen=True, slots=True)
class Cost:
    """What deriving the key costs, and its salt; written into the file."""

    salt: bytes
    iterations: int = ITERATIONS
    lanes: int = LANES
    memory_kib: int = MEMORY_KIB

    @classmethod
    def new(cls) -> Self:
        """Return today's cost with a new salt."""
        return cls(os.urandom(SALT_BYTES))

    @classmethod
    def parse(cls, found: Any) -> Self:
        """Return what a file says.

        Raises:
            ValueError, TypeError, KeyError: it is malformed, or would take this machine's memory away.
        """
        if set(found) != {"kdf", "salt", *_LIMITS} or found["kdf"] != "argon2id":
            raise ValueError("another derivation")
        for name, (smallest, largest) in _LIMITS.items():
            if type(found[name]) is not int or not smallest <= found[name] <= largest:
                raise ValueError(f"{name} is out of its range")
        salt = bytes.fromhex(found["salt"])
        if len(salt) != SALT_BYTES:
            raise ValueError("the salt has the wrong size")
        return cls(salt, found["iterations"], found["lanes"], found["memory_kib"])

    def document(self) -> dict[str, Any]:
        """Return it as it stands in the file."""
        numbers = {name: getattr(self, name) for name in _LIMITS}
        return {"kdf": "argon2id", "salt": self.salt.hex(), **numbers}

    def key(self, passphrase: bytes) -> bytes:
        """Return the 32-byte key of a passphrase; a few tenths of a second.

        Source: RFC 9106.
        """
        derivation = Argon2id(
            salt=self.salt,
            length=KEY_BYTES,
            iterations=self.iterations,
            lanes=self.lanes,
            memory_cost=self.memory_kib,
        )
        return derivation.derive(passphrase)


def read(source: str) -> bytes:
    """Return the passphrase from `fd:3` or `credential:name`; a line end after it is not part of it.

    Raises:
        KeyMissing: there is nothing to read there.
        KeyRefused: it is too short or too long to be one.
    """
    kind, _, name = source.partition(":")
    try:
        found = _from_descriptor(int(name)) if kind == "fd" else _from_credential(name)
    except OSError as error:
        raise KeyMissing(
            f"The passphrase cannot be read from {source}: {error.strerror}. Nothing was opened."
        ) from error
    found = found.removesuffix(b"\n").removesuffix(b"\r")
    if not found:
        raise KeyMissing(f"There is no passphrase in {source}. Nothing was opened.")
    if not MINIMUM_CHARACTERS <= len(found) <= MAXIMUM_BYTES:
        raise KeyRefused(f"The passphrase in {source} must have {MINIMUM_CHARACTERS} to {MAXIMUM_BYTES} characters.")
    return found


def keep(source: str) -> str:
    """Read the passphrase into memory and return the `fd:` under which this process and its children find it.

    Raises:
        KeyMissing, KeyRefused: as for `read`.
    """
    found = read(source)
    held = os.memfd_create("passphrase", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.write(held, found)
    fcntl.fcntl(held, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK)
    kind, _, name = source.partition(":")
    if kind == "fd":  # under its own number, so that nothing readable is left there
        os.dup2(held, int(name), inheritable=False)
        os.close(held)
        held = int(name)
    return f"fd:{held}"


def descriptor_of(source: str | None) -> tuple[int, ...]:
    """Return the descriptors that a child process has to inherit to read the passphrase."""
    return (int(source.removeprefix("fd:")),) if source is not None and source.startswith("fd:") else ()


def _from_descriptor(number: int) -> bytes:
    if stat.S_ISREG(os.fstat(number).st_mode):
        return os.pread(number, MAXIMUM_BYTES + 3, 0)  # several processes share the position
    found = b""
    while len(found) <= MAXIMUM_BYTES + 2 and (piece := os.read(number, MAXIMUM_BYTES + 3)):
        found += piece
    return found


def _from_credential(name: str) -> bytes:
    folder = os.environ.get(CREDENTIALS)
    if not folder:
        raise KeyMissing(f"systemd gave no credentials, so there is none of the name {name}. Nothing was opened.")
    with (Path(folder) / name).open("rb") as file:
        return file.read(MAXIMUM_BYTES + 3)
