"""What people type, made safe to keep: titles in one line, bodies in many."""

import unicodedata

from muniment.portal.conversations.errors import Empty, TooLong
from muniment.portal.conversations.types import BODY_MOST, TITLE_MOST

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_KEPT = frozenset("\n\t")
_UNSEEN = ("C", "Z", "M")


def clean_title(text: str) -> str:
    """Return a title in one line, in normal form C, without signs that steer the direction of writing.

    Raises:
        Empty: there is nothing to see in it.
        TooLong: it has more than 200 characters.
    """
    cleaned = " ".join(_printable(text).split())
    if _is_empty(cleaned):
        raise Empty
    if len(cleaned) > TITLE_MOST:
        raise TooLong
    return cleaned


def clean_body(text: str, *, may_be_empty: bool = False) -> str:
    """Return a text in normal form C with plain line ends; cleaning twice changes nothing more.

    Raises:
        Empty: there is nothing to see in it, and it may not be empty.
        TooLong: it has more than 20,000 characters.
    """
    cleaned = _printable(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if _is_empty(cleaned):
        if may_be_empty:
            return ""
        raise Empty
    if len(cleaned) > BODY_MOST:
        raise TooLong
    return cleaned


def _printable(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFC", text) if sign in _KEPT or not _is_dropped(sign))


def _is_dropped(sign: str) -> bool:
    return sign in _BIDI or unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"}


def _is_empty(text: str) -> bool:
    return all(unicodedata.category(sign)[0] in _UNSEEN for sign in text)
