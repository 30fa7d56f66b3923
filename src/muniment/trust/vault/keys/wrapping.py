"""Sealing of small things: keys under keys, values of fields, and values that must be found again.

Every kind of seal starts its associated data with a label of its own, so that bytes sealed for one
use never open in another, even under the same key.
"""

import base64
import binascii
import os
import struct
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from muniment.trust.vault.errors import KeyRefused, SealBroken

KEY_BYTES = 32
SAME_KEY_BYTES = 64  # AES-256-SIV: one half authenticates, the other encrypts
NONCE_BYTES = 12
TAG_BYTES = 16

_WRAP = b"muniment/wrap/v1"
_FIELD = b"muniment/field/v1"
_SAME = b"muniment/same/v1"
_DERIVE = b"muniment/derive/v1/"
_VERSION = b"\x01"
_TURNED = b"\x02"  # followed by the version of the key: what was sealed after a key was turned
_OWNED = b"\x03"  # followed by the id of the person whose own key it is
_FIELD_TURNED = b"muniment/field/v2"
_SAME_TURNED = b"muniment/same/v2"
_COUNT = struct.Struct(">H")
_OWNER_BYTES = 16


class Seal(NamedTuple):
    """Which key something is sealed with: a version of it, or a person's own key (`owner`, 16 bytes)."""

    version: int = 1
    owner: bytes = b""

    @property
    def head(self) -> bytes:
        """Return the bytes that something sealed so begins with."""
        if self.owner:
            return _OWNED + self.owner
        return _VERSION if self.version == 1 else _TURNED + _COUNT.pack(self.version)


FIRST = Seal()


def new_key() -> bytes:
    """Return a new random 32-byte key."""
    return os.urandom(KEY_BYTES)


def hkdf(key: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    """Return `length` bytes derived from `key` with HKDF-SHA256.

    Source: RFC 5869.
    """
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(key)


def derive(key: bytes, purpose: str, length: int = KEY_BYTES) -> bytes:
    """Return the key that `key` gives for one purpose; the same every time, unrelated to any other purpose's."""
    _require(key, KEY_BYTES)
    return hkdf(key, salt=b"", info=_DERIVE + purpose.encode(), length=length)


def wrap(wrapping_key: bytes, key: bytes, context: bytes) -> bytes:
    """Return a 32-byte `key` sealed under another one and bound to `context`: nonce, ciphertext, tag; 60 bytes."""
    _require(wrapping_key, KEY_BYTES)
    _require(key, KEY_BYTES)
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(wrapping_key).encrypt(nonce, key, _WRAP + context)


def unwrap(wrapping_key: bytes, wrapped: bytes, context: bytes) -> bytes:
    """Return the 32-byte key that `wrap` sealed.

    Raises:
        KeyRefused: it was wrapped by another key, for another context, or was changed.
    """
    _require(wrapping_key, KEY_BYTES)
    if len(wrapped) != NONCE_BYTES + KEY_BYTES + TAG_BYTES:
        raise KeyRefused("a wrapped key has the wrong size")
    try:
        return AESGCM(wrapping_key).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _WRAP + context)
    except InvalidTag as error:
        raise KeyRefused("a wrapped key does not open with this key in this context") from error


def seal(key: bytes, plaintext: bytes, place: bytes, under: Seal = FIRST) -> bytes:
    """Return `plaintext` sealed and bound to `place`: which key it is (1, 3 or 17 bytes), nonce, ciphertext, tag."""
    _require(key, KEY_BYTES)
    nonce = os.urandom(NONCE_BYTES)
    return under.head + nonce + AESGCM(key).encrypt(nonce, plaintext, _label(_FIELD, _FIELD_TURNED, under) + place)


def seal_of(sealed: bytes) -> Seal:
    """Return which key something was sealed with, as it says itself; whether that is true shows when it is opened.

    Raises:
        SealBroken: it is of no format that we know.
    """
    kind = sealed[:1]
    if kind == _VERSION:
        return FIRST
    if kind == _TURNED and len(sealed) >= 1 + _COUNT.size:
        found = Seal(_COUNT.unpack_from(sealed, 1)[0])
        if found.version > 1:  # one spelling only
            return found
    if kind == _OWNED and len(sealed) >= 1 + _OWNER_BYTES:
        return Seal(owner=bytes(sealed[1 : 1 + _OWNER_BYTES]))
    raise SealBroken


def open_(key: bytes, sealed: bytes, place: bytes) -> bytes:
    """Return what `seal` sealed for the same key and place.

    Raises:
        SealBroken: the value was changed, is of another format, or belongs to another key or place.
    """
    _require(key, KEY_BYTES)
    under = seal_of(sealed)
    start = len(under.head)
    if len(sealed) < start + NONCE_BYTES + TAG_BYTES:
        raise SealBroken
    nonce, rest = sealed[start : start + NONCE_BYTES], sealed[start + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, rest, _label(_FIELD, _FIELD_TURNED, under) + place)
    except InvalidTag as error:
        raise SealBroken from error


def seal_same(key: bytes, text: str, place: bytes, under: Seal = FIRST) -> str:
    """Return `text` sealed so that equal text gives equal output under one key and place, as base64url.

    It shows which values are equal and how long they are, and nothing else. The key has 64 bytes.

    Source: RFC 5297 (AES-SIV).
    """
    _require(key, SAME_KEY_BYTES)
    return _to_text(under.head + AESSIV(key).encrypt(text.encode(), [_label(_SAME, _SAME_TURNED, under), place]))


def seal_of_same(sealed: str) -> Seal:
    """Return which key `seal_same` used.

    Raises:
        SealBroken: it is of no format that we know.
    """
    return seal_of(_to_bytes(sealed))


def open_same(key: bytes, sealed: str, place: bytes) -> str:
    """Return what `seal_same` sealed for the same key and place.

    Raises:
        SealBroken: the value was changed, is of another format, or belongs to another key or place.
    """
    _require(key, SAME_KEY_BYTES)
    try:
        data = _to_bytes(sealed)
        under = seal_of(data)
        aad = [_label(_SAME, _SAME_TURNED, under), place]
        return AESSIV(key).decrypt(data[len(under.head) :], aad).decode()
    except (InvalidTag, ValueError) as error:
        raise SealBroken from error


def _label(first: bytes, turned: bytes, under: Seal) -> bytes:
    """Return the label of the associated data; after the first version it binds the ciphertext to its head too."""
    return first if under == FIRST else turned + under.head


def _to_bytes(text: str) -> bytes:
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise SealBroken from error
    if _to_text(data) != text:  # one spelling only: look-ups compare the text
        raise SealBroken
    return data


def _to_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _require(key: bytes, length: int) -> None:
    if len(key) != length:
        raise ValueError(f"a key of {length} bytes is needed")
