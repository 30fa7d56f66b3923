"""The bytes an entry commits to.

`leaf = SHA-256(0x00 || "muniment-entry-v1" 0x00 || C(core) || C(private))` with
`C(part) = SHA-256("muniment-part-v1" 0x00 || salt || canonical JSON)`: the zero byte in front is that of a
leaf in RFC 9162, section 2.1.1; the salts keep a dropped part from being guessed.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SALT_BYTES = 32


def canonical(part: Mapping[str, Any]) -> bytes:
    """Return the one JSON text of a part: sorted keys, no spaces, UTF-8."""
    return json.dumps(part, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def commitment(salt: bytes, text: bytes) -> bytes:
    """Return the 32-byte salted commitment to a part."""
    return hashlib.sha256(b"muniment-part-v1\0" + salt + text).digest()


def leaf_hash(core: bytes, private: bytes) -> bytes:
    """Return the 32-byte leaf of an entry from its two commitments.

    Source: RFC 9162, section 2.1.1, for the leading zero byte.
    """
    return hashlib.sha256(b"\0muniment-entry-v1\0" + core + private).digest()


@dataclass(frozen=True)
class Part:
    """One part of an entry with its salt, ready to be sealed: `salt || text`."""

    salt: bytes
    text: bytes

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "Part":
        """Return a part with a fresh salt."""
        return cls(os.urandom(SALT_BYTES), canonical(facts))

    @property
    def commitment(self) -> bytes:
        """Return the commitment to this part."""
        return commitment(self.salt, self.text)

    @property
    def plain(self) -> bytes:
        """Return the bytes to seal."""
        return self.salt + self.text
