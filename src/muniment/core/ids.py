"""Identifiers: UUIDv7 inside (they sort by time), random-looking public ids outside.

A public id is the AES-256 encryption of the 16 bytes of a UUID, 22 characters of base64url. It needs
no column, tells neither order nor time, and only this installation can turn it back. It is no right:
every use is authorised as if the id were public knowledge.
"""

import base64
import os
import threading
import time
from collections.abc import Callable
from functools import cache
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PUBLIC_LENGTH = 22
PUBLIC_PATTERN = "[A-Za-z0-9_-]{21}[AQgw]"

TICKS_PER_MS = 4096
_one_by_one = threading.Lock()
_last_tick = 0
_key_source: list[Callable[[], bytes]] = []


def new() -> UUID:
    """Return a new UUIDv7: 48 bits of milliseconds, 12 of fractions of one, then 62 random bits.

    Those of one process come in order, whatever its threads do: what one act writes stands in the log as it happened.
    Who sets the clock back by more than a second starts over. Source: RFC 9562, section 5.7 and 6.2, method 3.
    """
    tick, random = _tick(), int.from_bytes(os.urandom(8), "big")
    number = (tick >> 12) << 80 | 0x7 << 76 | (tick & 0xFFF) << 64 | random
    return UUID(int=number & ~(0x3 << 62) | 0x2 << 62)


def _tick() -> int:
    """Return the time in 4096ths of a millisecond, later than what was returned before."""
    global _last_tick  # noqa: PLW0603 - one order for all of the process
    with _one_by_one:
        now = time.time_ns() * TICKS_PER_MS // 1_000_000
        set_back = _last_tick - now > TICKS_PER_MS * 1000
        _last_tick = now if set_back else max(now, _last_tick + 1)
        return _last_tick


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
