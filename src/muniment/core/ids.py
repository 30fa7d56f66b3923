"""Identifiers: UUIDv7 inside (they sort by time), random-looking public ids outside.

A public id is the AES-256 encryption of the 16 bytes of a UUID, 22 characters of base64url. It needs
no column, tells neither order nor time, and only this installation can turn it back. It is no right:
every use is authorised as if the id were public knowledge.
"""

import base64
import os
import time
from collections.abc import Callable
from functools import cache
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PUBLIC_LENGTH = 22
PUBLIC_PATTERN = "[A-Za-z0-9_-]{21}[AQgw]"

_key_source: list[Callable[[], bytes]] = []


def new() -> UUID:
    """Return a new UUIDv7: 48 bits of milliseconds, then 74 random bits.

    Source: RFC 9562, section 5.7.
    """
    milliseconds = time.time_ns() // 1_000_000
    value = milliseconds.to_bytes(6, "big") + os.urandom(10)
    number = int.from_bytes(value, "big")
    number = number & ~(0xF << 76) | (0x7 << 76)
    number = number & ~(0x3 << 62) | (0x2 << 62)
    return UUID(int=number)


def use_key(source: Callable[[], bytes]) -> None:
    """Set where the 32-byte key of the public ids comes from; called once, when the vault is ready."""
    _key_source[:] = [source]
    _cipher.cache_clear()


def public(identifier: UUID) -> str:
    """Return the public form of `identifier`, 22 characters."""
    encryptor = _cipher().encryptor()
    block = encryptor.update(identifier.bytes) + encryptor.finalize()
    return base64.urlsafe_b64encode(block).decode().rstrip("=")


def private(text: str) -> UUID:
    """Return the identifier behind a public id.

    Raises:
        ValueError: `text` is not 22 characters of canonical base64url.
    """
    if len(text) != PUBLIC_LENGTH:
        raise ValueError("not a public id")
    block = base64.b64decode(text + "==", altchars=b"-_", validate=True)
    if base64.urlsafe_b64encode(block).decode().rstrip("=") != text:
        raise ValueError("not a public id")  # the last character has bits to spare: one spelling only
    decryptor = _cipher().decryptor()
    return UUID(bytes=decryptor.update(block) + decryptor.finalize())


@cache
def _cipher() -> Cipher[modes.ECB]:
    if not _key_source:
        raise RuntimeError("no key for public ids: the vault is not open")
    # One block, and every block is different: here ECB is a permutation, which is what is wanted.
    return Cipher(algorithms.AES(_key_source[0]()), modes.ECB())  # noqa: S305
