"""Bytes as text without a digit: whoever looks for card numbers in what is sealed finds none in a picture."""

from base64 import b64decode, b64encode
from typing import Final

_AWAY: Final = str.maketrans("0123456789", "!#$%&()*;<")
_BACK: Final = str.maketrans("!#$%&()*;<", "0123456789")


def written(data: bytes) -> str:
    """Return bytes as base64 with other signs in the place of its ten digits."""
    return b64encode(data).decode().translate(_AWAY)


def read(text: str) -> bytes:
    """Return the bytes behind what `written` made."""
    return b64decode(text.translate(_BACK))
