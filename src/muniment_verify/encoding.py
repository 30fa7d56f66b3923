"""Base64 and numbers, each with exactly one spelling."""

from __future__ import annotations

import base64
import binascii

from muniment_verify.errors import Unreadable

HASH_BYTES = 32
LARGEST_NUMBER = 2**53 - 1  # what JavaScript counts exactly, so that every verifier refuses the same files


def to_base64(raw: bytes) -> str:
    """Return standard base64 with padding.

    Source: RFC 4648, section 4.
    """
    return base64.b64encode(raw).decode("ascii")


def from_base64(text: object, what: str, length: int | None = None) -> bytes:
    """Return the bytes of a base64 text, refusing every spelling but the canonical one.

    Raises:
        Unreadable: `text` is no text, is not canonical base64, or has not `length` bytes.
    """
    if not isinstance(text, str):
        raise Unreadable(f"{what} is not text.")
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raise Unreadable(f"{what} is not base64.") from None
    if to_base64(raw) != text:
        raise Unreadable(f"{what} is not canonical base64.")
    if length is not None and len(raw) != length:
        raise Unreadable(f"{what} has {len(raw)} bytes, not {length}.")
    return raw


def to_number(text: str, what: str) -> int:
    """Return a count or an index written in ASCII digits, without sign, spaces or leading zeroes.

    Raises:
        Unreadable: `text` is written otherwise, or is above 2^53 - 1.
    """
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(LARGEST_NUMBER)):
        raise Unreadable(f"{what} is not a number.")
    if text != "0" and text.startswith("0"):
        raise Unreadable(f"{what} is not a number: it begins with a zero.")
    number = int(text)
    if number > LARGEST_NUMBER:
        raise Unreadable(f"{what} is too large.")
    return number
