"""The witness's own key: one line in a file that its owner alone can read."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from muniment.operations.errors import StartRefused
from muniment_verify import notes
from muniment_verify.encoding import from_base64, to_base64
from muniment_verify.errors import VerifyError

PREFIX = "PRIVATE+KEY+"
SECRET_BYTES = 32
LARGEST_FILE = 4096
NAME_LENGTH = 200


@dataclass(frozen=True)
class WitnessKey:
    """A name and the private key that cosigns under it."""

    name: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> notes.Key:
        """Return what others check cosignatures with."""
        return notes.Key(self.name, notes.WITNESS_KEY, self.private.public_key().public_bytes_raw())

    def cosign(self, text: str, at: int) -> str:
        """Return the signature line over a checkpoint's text: seen at `at`, in seconds since 1970.

        Source: C2SP tlog-cosignature, type 0x04.
        """
        signature = self.private.sign(notes.cosignature_message(text, at))
        return notes.format_signature(self.name, self.public.id, notes.cosignature(at, signature))


def create(path: Path, name: str) -> WitnessKey:
    """Make a key and write it to `path`, where nothing may be yet.

    Raises:
        StartRefused: the name is none, or there is a file already.
    """
    key = WitnessKey(name, Ed25519PrivateKey.generate())
    try:
        if len(name) > NAME_LENGTH:
            raise ValueError
        notes.parse_vkey(key.public.vkey)
    except (VerifyError, ValueError):
        raise StartRefused(
            "The name of a witness is one word of at most 200 characters without +, such as witness.example.com."
        ) from None
    secret = to_base64(bytes([notes.WITNESS_KEY]) + key.private.private_bytes_raw())
    line = f"{PREFIX}{name}+{key.public.id.hex()}+{secret}\n"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise StartRefused(f"There is a key already: {path}. Nothing was changed.") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(line)
        file.flush()
        os.fsync(descriptor)
    return key


def load(path: Path) -> WitnessKey:
    """Return the key of a file.

    Raises:
        StartRefused: there is none, others can read it, or it is damaged.
    """
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise StartRefused(f"{path} can be read or changed by other users of this machine: chmod 600.")
        with path.open(encoding="utf-8") as file:
            text = file.read(LARGEST_FILE)
    except FileNotFoundError:
        raise StartRefused(f"There is no key of a witness: {path}. Make one with `muniment witness init`.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise StartRefused(f"{path} cannot be read: {type(error).__name__}.") from None
    return _parsed(text.strip(), path)


def _parsed(text: str, path: Path) -> WitnessKey:
    name, _, rest = text.removeprefix(PREFIX).partition("+")
    identifier, _, secret = rest.partition("+")
    try:
        raw = from_base64(secret, "the key", 1 + SECRET_BYTES)
    except VerifyError:
        raw = b""
    if not text.startswith(PREFIX) or raw[:1] != bytes([notes.WITNESS_KEY]):
        raise StartRefused(f"{path} does not hold the key of a witness.")
    key = WitnessKey(name, Ed25519PrivateKey.from_private_bytes(raw[1:]))
    if key.public.id.hex() != identifier:
        raise StartRefused(f"{path} is damaged: its key does not fit its id. Put it back from your backup.")
    return key
