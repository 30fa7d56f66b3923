"""Signed notes, the keys that sign them, and the checkpoints written in them.

Source: C2SP signed-note, tlog-checkpoint and tlog-cosignature (the Ed25519 types 0x01 and 0x04).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from muniment_verify import ed25519
from muniment_verify.encoding import HASH_BYTES, from_base64, to_base64, to_number
from muniment_verify.errors import NotValid, Unreadable

LOG_KEY = 0x01
WITNESS_KEY = 0x04
LARGEST_NOTE = 65_536
MOST_SIGNATURES = 100
_DASH = "\u2014 "
_ID_BYTES = 4
_TIME_BYTES = 8
_LATEST_TIME = 253_402_300_799  # the end of the year 9999, beyond which calendars do not go


@dataclass(frozen=True)
class Key:
    """A public key under the name it signs with; `kind` is `LOG_KEY` or `WITNESS_KEY`."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """Return the four bytes that tell this key from others of its name."""
        return key_id(self.name, self.kind, self.public)

    @property
    def vkey(self) -> str:
        """Return the key as it is written on paper: name, id and key, joined by plus signs."""
        return format_vkey(self.name, self.kind, self.public)

    def named(self, name: str) -> Key:
        """Return the same key under another name: one log key signs for every log of an installation."""
        return Key(name, self.kind, self.public)


@dataclass(frozen=True)
class SignatureLine:
    """One line under a note: who, with which key, and the bytes after the key's id."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        return format_signature(self.name, self.key_id, self.signature)


@dataclass(frozen=True)
class Note:
    """A signed note, taken apart and not yet verified; `text` ends with a newline."""

    text: str
    signatures: tuple[SignatureLine, ...]


@dataclass(frozen=True)
class Checkpoint:
    """What a log says of itself at one size."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True)
class Signer:
    """A key whose signature under a note is right; `at` is the time of a cosignature in seconds since 1970."""

    key: Key
    at: int | None


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """Return the key id of signed notes: the first four bytes of a hash over name, type and key."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:_ID_BYTES]


def format_vkey(name: str, kind: int, public: bytes) -> str:
    """Return a public key as text: name, id in hexadecimal, and base64 of type and key."""
    return f"{name}+{key_id(name, kind, public).hex()}+{to_base64(bytes([kind]) + public)}"


def parse_vkey(text: str) -> Key:
    """Return the key that a text `name+id+key` stands for.

    Raises:
        Unreadable: it is no such text, its id does not fit, or its type is neither a log's nor a witness's.
    """
    name, plus, rest = text.strip().partition("+")
    identifier, second, encoded = rest.partition("+")
    if not plus or not second or not _is_name(name):
        raise Unreadable("A key is written name+id+key; what was given is not.")
    raw = from_base64(encoded, f"The key of {name}", 1 + ed25519.KEY_BYTES)
    kind, public = raw[0], raw[1:]
    if kind not in (LOG_KEY, WITNESS_KEY):
        raise Unreadable(f"The key of {name} is of a type that is not known here ({kind}).")
    if key_id(name, kind, public).hex() != identifier:
        raise Unreadable(f"The key of {name} has a slip of the pen in it: its id does not fit.")
    if not ed25519.is_key(public):
        raise Unreadable(f"The key of {name} is not an Ed25519 key.")
    return Key(name, kind, public)


def format_signature(name: str, key_id: bytes, signature: bytes) -> str:
    """Return a signature line, with its newline."""
    return f"{_DASH}{name} {to_base64(key_id + signature)}\n"


def format_note(text: str, signatures: Iterable[str]) -> str:
    """Return a signed note from its text (ending with a newline) and its signature lines."""
    return f"{text}\n{''.join(signatures)}"


def parse_note(note: str) -> Note:
    """Take a signed note apart.

    Raises:
        Unreadable: it is not in the format of signed notes, or larger than `LARGEST_NOTE` bytes.
    """
    if len(note) > LARGEST_NOTE or len(note.encode("utf-8", "replace")) > LARGEST_NOTE:
        raise Unreadable("The signed note is too large.")
    if any((sign < " " and sign != "\n") or "\ud800" <= sign <= "\udfff" for sign in note):
        raise Unreadable("The signed note has control characters in it.")
    text, gap, lines = note.rpartition("\n\n")
    if not gap or not text or not lines.endswith("\n"):
        raise Unreadable("This is not a signed note: a text, an empty line and signatures.")
    written = lines[:-1].split("\n")
    if len(written) > MOST_SIGNATURES:
        raise Unreadable("The signed note has too many signatures.")
    return Note(text + "\n", tuple(_signature_line(line) for line in written))


def _signature_line(line: str) -> SignatureLine:
    name, space, encoded = line[len(_DASH) :].partition(" ")
    if not line.startswith(_DASH) or not space or not _is_name(name):
        raise Unreadable("A signature line of the note is not in the format.")
    raw = from_base64(encoded, f"The signature of {name}")
    if len(raw) <= _ID_BYTES:
        raise Unreadable(f"The signature of {name} is too short.")
    return SignatureLine(name, raw[:_ID_BYTES], raw[_ID_BYTES:])


def _is_name(name: str) -> bool:
    return bool(name) and name.isprintable() and not any(sign.isspace() or sign == "+" for sign in name)


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """Return the text of a checkpoint, which is what its signatures sign."""
    return f"{origin}\n{size}\n{to_base64(root)}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Return what the text of a note says as a checkpoint; lines after the third are left alone.

    Raises:
        Unreadable: it is no checkpoint.
    """
    lines = text[:-1].split("\n")
    if not text.endswith("\n") or len(lines) < 3 or not all(lines):  # noqa: PLR2004 - origin, size, root
        raise Unreadable("The note is not a checkpoint: an origin, a size and a root.")
    return Checkpoint(
        lines[0], to_number(lines[1], "The size in the checkpoint"), from_base64(lines[2], "The root", HASH_BYTES)
    )


def cosignature_message(text: str, at: int) -> bytes:
    """Return what a witness signs: the note's text with the time (seconds since 1970) in front."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def cosignature(at: int, signature: bytes) -> bytes:
    """Return a witness's signature as it stands in a line after the key's id: time, then signature."""
    return at.to_bytes(_TIME_BYTES, "big") + signature


def verify_note(note: Note, keys: Sequence[Key]) -> tuple[Signer, ...]:
    """Return the given keys that signed a note, each once however many lines it has there.

    Lines of other keys are passed over, also of keys that share only a name or only an id with a given one.

    Raises:
        NotValid: no given key signed, or a line of a given key is wrong.
    """
    known = {(key.name, key.id): key for key in keys}
    found: dict[Key, Signer] = {}
    for line in note.signatures:
        key = known.get((line.name, line.key_id))
        if key is None:
            continue
        signer = _signer(note.text, key, line.signature)
        if key not in found:
            found[key] = signer
    if not found:
        raise NotValid("None of the keys that you gave has signed this.")
    return tuple(found.values())


def _signer(text: str, key: Key, signature: bytes) -> Signer:
    """Return who signed and when, having checked the signature."""
    if key.kind == LOG_KEY:
        right, at = ed25519.verify(key.public, text.encode(), signature), None
    else:
        at = int.from_bytes(signature[:_TIME_BYTES], "big")
        right = at <= _LATEST_TIME and ed25519.verify(
            key.public, cosignature_message(text, at), signature[_TIME_BYTES:]
        )
    if not right:
        raise NotValid(f"The signature of {key.name} is wrong: the text was changed, or another key signed it.")
    return Signer(key, at)
