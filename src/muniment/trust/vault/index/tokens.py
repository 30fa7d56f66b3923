"""Words and parts of names as keyed tokens: without the client's index key nobody can make or try one.

A token is the first 8 bytes of an HMAC-SHA256, as the signed number that PostgreSQL indexes. Among a million different
words of a client, two share a token with a chance of one in 37 million.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from muniment.trust.vault.index import words

TOKEN_BYTES: Final = 8
PARTS_ASKED_MOST: Final = 12
"""Parts of a name that one question asks for; what is found is compared with the opened name anyway."""

TERMS_MOST: Final = 16
"""Terms of one question; more are not read."""

_WORD, _PART, _BEGINNING = b"word\0", b"part\0", b"beginning\0"


@dataclass(frozen=True)
class Question:
    """What somebody looks for: the terms, and the tokens a thing must have, by its name or by its words.

    Empty tokens mean that nothing is found that way.
    """

    terms: tuple[str, ...]
    name_tokens: list[int]
    word_tokens: list[int]

    @property
    def is_answerable(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.name_tokens or self.word_tokens)


def of_name(key: bytes, name: str) -> set[int]:
    """Return the tokens of a name: its words, their beginnings, and its parts."""
    found = _tokens(key, _WORD, words.words(name))
    found |= _tokens(key, _PART, words.parts(name))
    return found | _tokens(key, _BEGINNING, words.beginnings(name))


def of_words(key: bytes, found: Iterable[str]) -> set[int]:
    """Return the tokens of words."""
    return _tokens(key, _WORD, found)


def question(key: bytes, text: str) -> Question:
    """Return what to look for when somebody types `text`: all its terms in the name, or all its words anywhere."""
    terms = words.terms(text)[:TERMS_MOST]
    said = [word for term in terms for word in words.words(term)]
    is_sayable = bool(terms) and all(words.words(term) and not words.is_too_long(term) for term in terms)
    return Question(
        terms=tuple(terms),
        name_tokens=sorted(_asked_of_names(key, terms)),
        word_tokens=sorted(_tokens(key, _WORD, said)) if is_sayable else [],
    )


def _asked_of_names(key: bytes, terms: list[str]) -> set[int]:
    found: set[int] = set()
    each = max(1, PARTS_ASKED_MOST // max(1, len(terms)))
    for term in terms:
        if len(term) >= words.PART:
            found |= _tokens(key, _PART, _spread(term, each))
            continue
        for word in words.words(term):
            label = _WORD if len(word) < words.BEGINNING else _BEGINNING
            found |= _tokens(key, label, [word])
    return found


def _spread(term: str, most: int) -> list[str]:
    """Return parts that cover a term without overlapping more than they must; if too many, some spread over it."""
    last = len(term) - words.PART
    starts = [*range(0, last, words.PART), last]
    if len(starts) > most:
        starts = [starts[index * (len(starts) - 1) // max(1, most - 1)] for index in range(most)]
    return [term[start : start + words.PART] for start in starts]


def _tokens(key: bytes, label: bytes, texts: Iterable[str]) -> set[int]:
    return {
        int.from_bytes(
            hmac.digest(key, label + text.encode("utf-8", "surrogatepass"), "sha256")[:TOKEN_BYTES], "big", signed=True
        )
        for text in texts
    }
