"""The key backup as bytes: what the portal seals to a recovery secret of which it knows the public part alone.

One AES-256-GCM key seals the content, and is itself sealed once for each sheet that opens it: with a key that X25519
agrees on between a fresh pair and the sheet's. The head in front, a line of JSON, is bound to the content.

Source: RFC 7748 (X25519); RFC 5869 (HKDF-SHA256); the shape is that of RFC 9180, base mode.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from muniment.trust.vault.errors import KeyBackupDamaged, ShareOfAnother
from muniment.trust.vault.keys import wrapping

SECRET_BYTES = 32
_MAGIC = "muniment/key-backup/v1"
_INFO = b"muniment/key-backup/v1/"


@dataclass(frozen=True, slots=True)
class Head:
    """What a key backup says openly. `state` is a digest of its content: alike as long as nothing has changed."""

    made_at: str
    state: str
    sheets: tuple[str, ...]


def public_of(secret: bytes) -> bytes:
    """Return the 32-byte public part of a recovery secret: it seals, and opens nothing."""
    return _private(secret).public_key().public_bytes_raw()


def seal(content: bytes, *, made_at: str, state: str, sheets: Sequence[tuple[str, bytes]]) -> bytes:
    """Return content sealed for each of the sheets (id, public part)."""
    key = wrapping.new_key()
    slots = [{"sheet": sheet, **_slot(key, sheet, public)} for sheet, public in sheets]
    head = json.dumps({"muniment": _MAGIC, "made_at": made_at, "state": state, "slots": slots}).encode() + b"\n"
    nonce = os.urandom(wrapping.NONCE_BYTES)
    return head + nonce + AESGCM(key).encrypt(nonce, content, head)


def read(sealed: bytes) -> Head:
    """Return what a key backup says openly.

    Raises:
        KeyBackupDamaged: it is none, or was cut off.
    """
    found = _parse(sealed)[1]
    return Head(str(found["made_at"]), str(found["state"]), tuple(slot["sheet"] for slot in found["slots"]))


def open_(sealed: bytes, secret: bytes) -> bytes:
    """Return the content, with the recovery secret of one of its sheets.

    Raises:
        ShareOfAnother: it was sealed for other sheets.
        KeyBackupDamaged: it was changed.
    """
    head, found, rest = _parse(sealed)
    private = _private(secret)
    public = private.public_key().public_bytes_raw().hex()
    slot = next((slot for slot in found["slots"] if slot["public"] == public), None)
    if slot is None:
        raise ShareOfAnother
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(slot["ephemeral"])))
        wrapped = bytes.fromhex(slot["wrapped"])
        between = _between(shared, bytes.fromhex(slot["ephemeral"]), bytes.fromhex(slot["public"]))
        key = AESGCM(between).decrypt(bytes(wrapping.NONCE_BYTES), wrapped, str(slot["sheet"]).encode())
        nonce, sealed_content = rest[: wrapping.NONCE_BYTES], rest[wrapping.NONCE_BYTES :]
        return AESGCM(key).decrypt(nonce, sealed_content, head)
    except (InvalidTag, ValueError) as error:
        raise KeyBackupDamaged from error


def _slot(key: bytes, sheet: str, public: bytes) -> dict[str, str]:
    """Return the content's key sealed for one sheet; the pair is used once, so the nonce may be fixed."""
    pair = X25519PrivateKey.generate()
    ephemeral = pair.public_key().public_bytes_raw()
    between = _between(pair.exchange(X25519PublicKey.from_public_bytes(public)), ephemeral, public)
    wrapped = AESGCM(between).encrypt(bytes(wrapping.NONCE_BYTES), key, sheet.encode())
    return {"public": public.hex(), "ephemeral": ephemeral.hex(), "wrapped": wrapped.hex()}


def _between(shared: bytes, ephemeral: bytes, public: bytes) -> bytes:
    return wrapping.hkdf(shared, salt=b"", info=_INFO + ephemeral + public, length=wrapping.KEY_BYTES)


def _private(secret: bytes) -> X25519PrivateKey:
    if len(secret) != SECRET_BYTES:
        raise ShareOfAnother
    return X25519PrivateKey.from_private_bytes(wrapping.hkdf(secret, salt=b"", info=_INFO + b"secret", length=32))


def _parse(sealed: bytes) -> tuple[bytes, dict[str, Any], bytes]:
    head, line_end, rest = sealed.partition(b"\n")
    try:
        found = json.loads(head)
        if not line_end or found["muniment"] != _MAGIC or not {"made_at", "state"} <= set(found):
            raise KeyBackupDamaged
        for slot in found["slots"]:
            if not all(isinstance(slot[name], str) for name in ("sheet", "public", "ephemeral", "wrapped")):
                raise KeyBackupDamaged
    except (ValueError, TypeError, KeyError) as error:
        raise KeyBackupDamaged from error
    return head + line_end, found, rest
