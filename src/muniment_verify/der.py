"""Read DER, the bytes of certificates and time stamps: definite lengths only, nothing left over.

Source: ITU-T X.690, sections 8 and 10.
"""

from __future__ import annotations

from dataclasses import dataclass

from muniment_verify.errors import Unreadable

INTEGER, BITS, OCTETS, OID, SEQUENCE, SET = 0x02, 0x03, 0x04, 0x06, 0x30, 0x31
_LONG = 0x80
_LONGEST_LENGTH = 4
_MANY_TAGS = 0x1F


@dataclass(frozen=True)
class Value:
    """One value: its tag, what is in it, and all its bytes."""

    tag: int
    content: bytes
    raw: bytes

    def children(self) -> list[Value]:
        """Return the values inside."""
        found, at = [], 0
        while at < len(self.content):
            child = _value(self.content, at)
            found.append(child)
            at += len(child.raw)
        return found

    def as_(self, tag: int) -> Value:
        """Return this value, refusing another tag."""
        if self.tag != tag:
            raise _refused()
        return self

    def number(self) -> int:
        """Return an INTEGER."""
        self.as_(INTEGER)
        if not self.content:
            raise _refused()
        return int.from_bytes(self.content, "big", signed=True)

    def oid(self) -> str:
        """Return an OBJECT IDENTIFIER with its dots."""
        self.as_(OID)
        parts, number = [], 0
        for byte in self.content:
            number = number << 7 | byte & 0x7F
            if not byte & _LONG:
                parts.append(number)
                number = 0
        if not parts or self.content[-1] & _LONG:
            raise _refused()
        first = min(parts[0] // 40, 2)
        return ".".join(map(str, (first, parts[0] - 40 * first, *parts[1:])))

    def bits(self) -> bytes:
        """Return a BIT STRING of whole bytes."""
        if self.as_(BITS).content[:1] != b"\0":
            raise _refused()
        return self.content[1:]


def parse(raw: bytes) -> Value:
    """Return the one value that some bytes are.

    Raises:
        Unreadable: they are not DER, or there is more than one.
    """
    value = _value(raw, 0)
    if len(value.raw) != len(raw):
        raise _refused()
    return value


def _value(raw: bytes, start: int) -> Value:
    head = raw[start : start + 2]
    if len(head) < 2 or head[0] & _MANY_TAGS == _MANY_TAGS:  # noqa: PLR2004 - a tag and a length
        raise _refused()
    at, length = start + 2, head[1]
    if length & _LONG:
        count = length & ~_LONG
        if not 1 <= count <= _LONGEST_LENGTH or at + count > len(raw):
            raise _refused()
        length = int.from_bytes(raw[at : at + count], "big")
        at += count
    if at + length > len(raw):
        raise _refused()
    return Value(head[0], raw[at : at + length], raw[start : at + length])


def _refused() -> Unreadable:
    return Unreadable("A time stamp or a certificate is not in the format (DER).")
