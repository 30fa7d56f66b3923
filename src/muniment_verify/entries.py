"""The leaves: what an entry of a client's log and a head in the register commit to."""

from __future__ import annotations

import hashlib

from muniment_verify.merkle import leaf_hash


def commitment(salt: bytes, text: bytes) -> bytes:
    """Return the 32-byte salted commitment to one part of an entry; `salt` has 32 bytes."""
    return hashlib.sha256(b"muniment-part-v1\0" + salt + text).digest()


def entry_leaf(core: bytes, private: bytes) -> bytes:
    """Return the leaf hash of an entry from the commitments to its two parts."""
    return leaf_hash(b"muniment-entry-v1\0" + core + private)


def pseudonym(origin: str) -> bytes:
    """Return the 32 bytes that stand for a client's log in the register."""
    return hashlib.sha256(b"muniment-pseudonym-v1\0" + origin.encode()).digest()


def head_leaf(origin: str, size: int, root: bytes) -> bytes:
    """Return the leaf hash of a head of the log `origin` in the register."""
    return leaf_hash(b"muniment-head-v1\0" + pseudonym(origin) + size.to_bytes(8, "big") + root)
