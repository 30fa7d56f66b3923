"""What people write about work: names in one line, and texts of several."""

import unicodedata

from muniment.portal.projects.errors import TextRefused

NAME_MOST = 200
TEXT_MOST = 5000
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_REFUSED = {"Cc", "Cs", "Zl", "Zp"}


def name(written: str) -> str:
    """Return a name in normal form C without spaces around it.

    Raises:
        TextRefused: it is empty, longer than 200 characters, or has signs that nobody sees.
    """
    cleaned = unicodedata.normalize("NFC", written).strip()
    if not cleaned or len(cleaned) > NAME_MOST or any(_is_refused(sign) for sign in cleaned):
        raise TextRefused
    return cleaned


def text(written: str) -> str:
    """Return a text of any number of lines in normal form C; it may be empty.

    Raises:
        TextRefused: it is longer than 5,000 characters, or has signs that nobody sees.
    """
    cleaned = unicodedata.normalize("NFC", written).replace("\r\n", "\n").strip()
    if len(cleaned) > TEXT_MOST or any(_is_refused(sign) for sign in cleaned if sign not in "\n\t"):
        raise TextRefused
    return cleaned


def _is_refused(sign: str) -> bool:
    return sign in _BIDI or unicodedata.category(sign) in _REFUSED
