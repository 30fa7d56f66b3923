"""What counts as the same when somebody searches: letters, words, parts of names.

Case, compatibility forms and accents do not count. A word is a run of letters, marks and digits. Scripts written
without spaces (Chinese, Japanese, Thai, Lao, Burmese, Khmer) give each sign and each pair of signs as a word.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

LETTERS_MOST: Final = 64
"""Longer runs are no words anybody types: they are passed over."""

WORDS_MOST: Final = 20_000
"""Different words of one text that are indexed; the first ones count."""

PART: Final = 3
"""Letters of a part of a name; a shorter term finds whole words or their beginnings."""

BEGINNING: Final = 2

# Letters that do not decompose, though people leave their strokes out when they type.
_PLAIN: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]+"
)
_ACCENTS_FROM: Final = 200  # canonical combining classes: accents of Latin, Greek, Cyrillic stand at 200 and above,
_POINTS: Final = range(
    10, 37
)  # Hebrew and Arabic points here; vowel signs of Indic scripts and Thai elsewhere, and stay
_VARIANTS: Final = frozenset(map(chr, range(0xFE00, 0xFE10)))  # of how a sign is drawn
_MARKS_END: Final = 0x1F000


def fold(text: str) -> str:
    """Return `text` as it is compared: without case, compatibility forms, accents and invisible signs."""
    if text.isascii():
        return text.lower()
    folded = _fold_once(text)
    return folded if folded.isascii() else _fold_once(folded)  # folding may give letters that fold again


def words(text: str) -> list[str]:
    """Return the different words of `text`, folded, in the order in which they first stand there; at most 20,000."""
    found: dict[str, None] = {}
    for match in _word().finditer(fold(text)):
        for word in _split(match[0]):
            if len(word) <= LETTERS_MOST:
                found[word] = None
        if len(found) >= WORDS_MOST:
            break
    return list(found)[:WORDS_MOST]


def is_too_long(term: str) -> bool:
    """Return whether a term holds a run of letters that is passed over."""
    return any(len(word) > LETTERS_MOST for match in _word().finditer(term) for word in _split(match[0]))


def terms(text: str) -> list[str]:
    """Return what somebody looks for: the folded text split at spaces, without signs that are neither word nor part."""
    found = dict.fromkeys(fold(text).split())
    return [term for term in found if len(term) >= PART or _word().search(term)]


def parts(name: str) -> set[str]:
    """Return every run of three signs in a name, spaces excluded."""
    return {chunk[start : start + PART] for chunk in fold(name).split() for start in range(len(chunk) - PART + 1)}


def beginnings(name: str) -> set[str]:
    """Return the first two letters of every word of a name."""
    return {word[:BEGINNING] for word in words(name) if len(word) >= BEGINNING}


def is_in_name(term: str, name: str) -> bool:
    """Return whether a name holds a term of `terms`: anywhere, or if it is shorter than three signs, as words do."""
    if len(term) >= PART:
        return term in fold(name)
    found = words(name)
    return all(
        word in found if len(word) < BEGINNING else any(known.startswith(word) for known in found)
        for word in words(term)
    )


def _fold_once(text: str) -> str:
    opened = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFC", _unseen().sub("", opened)).translate(_PLAIN)


def _split(run: str) -> Iterator[str]:
    """Yield the words of a run of letters, which may change from one script to another."""
    if run.isascii():
        yield run
        return
    end = 0
    for match in _UNSPACED.finditer(run):
        if match.start() > end:
            yield run[end : match.start()]
        signs = match[0]
        yield from signs
        yield from (signs[start : start + 2] for start in range(len(signs) - 1))
        end = match.end()
    if end < len(run):
        yield run[end:]


@cache
def _word() -> re.Pattern[str]:
    """Return what a word is: with marks, or the vowel signs of many scripts would cut words."""
    return re.compile(f"(?:[^\\W_]|[{_class_of(_is_mark)}])+")


@cache
def _unseen() -> re.Pattern[str]:
    """Return what does not count: accents, points, and signs that only steer how text is shown."""
    return re.compile(f"[{_class_of(_is_unseen)}\U000e0001-\U000e007f]")


def _is_mark(sign: str) -> bool:
    return unicodedata.category(sign)[0] == "M"


def _is_unseen(sign: str) -> bool:
    if unicodedata.category(sign) == "Cf":
        return True
    level = unicodedata.combining(sign)
    return _is_mark(sign) and (level >= _ACCENTS_FROM or level in _POINTS or sign in _VARIANTS)


def _class_of(is_wanted: Callable[[str], bool]) -> str:
    """Return all signs of one sort for a character class, as ranges."""
    ranges: list[list[int]] = []
    for number in range(0x80, _MARKS_END):
        if not is_wanted(chr(number)):
            continue
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)
