"""What a password may be: long enough, not known, not easy to guess. No forced change.

How long, and whether somebody insists on kinds of characters, is in `strength.rules`. Source: NIST SP 800-63B-4,
section 3.1.1.
"""

import hashlib
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from zxcvbn import zxcvbn

from muniment.trust.identity.strength import ranges
from muniment.trust.identity.strength.rules import Rules

LOWEST_SCORE = 3  # of zxcvbn: more than 10^8 guesses
LONGEST_JUDGED = 72  # zxcvbn refuses more; what makes 72 characters hard to guess is not undone by a longer tail
SHORTEST_WORD = 4
KNOWN = "This password is known from a data breach: others try it first. Choose another."
PRODUCT_WORDS = ("muniment", "portal", "client portal")
HEADER = b"muniment-known-passwords-1\n"
_FILE = Path(__file__).parent / "data" / "known_passwords.bloom"


@dataclass(frozen=True)
class Owner:
    """Whose password it is to be: words that everyone can guess of them, and the rules that hold for them."""

    name: str = ""
    email: str = ""
    companies: tuple[str, ...] = ()
    rules: Rules = field(default_factory=Rules)


def problems(password: str, owner: Owner | None = None, *, asking: bool = True) -> tuple[str, ...]:
    """Return what is wrong with a new password, in sentences that repeat nothing of it; empty when it will do.

    Only a password that would do otherwise is looked up in the range source, and none without `asking`: what is
    being typed goes to nobody, piece by piece.
    """
    found = list((owner or Owner()).rules.problems(password))
    try:
        validate_password(password, owner)  # type: ignore[arg-type] # validators read attributes of any object
    except ValidationError as error:
        found += error.messages
    if not found and asking and ranges.is_breached(password):
        found.append(KNOWN)
    return tuple(found)


class KnownPasswords:
    """Refuses what stands in public lists of common and breached passwords, and what is only the person's own words."""

    def validate(self, password: str, user: Any = None) -> None:
        """Refuse a known password.

        Raises:
            ValidationError: it is known, or made of name, address or the product's words and little else.
        """
        if any(is_known(text) for text in _readings(password)):
            raise ValidationError(KNOWN, code="known")
        rest = password.lower()
        for word in sorted(_words(user), key=len, reverse=True):
            rest = rest.replace(word, "")
        if len(rest) < len(password) / 2 and rest != password.lower():
            raise ValidationError(
                "This password is mostly your own name, address or company. Choose another.", code="own-words"
            )

    def get_help_text(self) -> str:
        """Return what the form says."""
        return ""  # `Rules.hint` says it all


class EasyPasswords:
    """Refuses what can be guessed with patience: words, dates, names, keyboard rows and repetitions put together."""

    def validate(self, password: str, user: Any = None) -> None:
        """Refuse an easy password.

        Raises:
            ValidationError: it would fall to fewer than about 10^8 guesses.
        """
        if not password:
            return
        if weakest_reading(password, user)["score"] < LOWEST_SCORE:
            raise ValidationError(
                "This password is easy to guess. Add a few words that have nothing to do with each other.", code="easy"
            )

    def get_help_text(self) -> str:
        """Say nothing more than `KnownPasswords` has said."""
        return ""


def weakest_reading(password: str, user: Any = None) -> dict[str, Any]:
    """Return what zxcvbn says of a password, read in the way that makes it easiest to guess."""
    words = sorted(_words(user))
    found = [zxcvbn(text[:LONGEST_JUDGED], user_inputs=words) for text in sorted(_readings(password))]
    weakest: dict[str, Any] = min(found, key=lambda one: one["guesses"])
    return weakest


def is_known(password: str) -> bool:
    """Return whether a password is in the bundled lists, whatever its case.

    The lists are kept as a Bloom filter: it never misses one, and takes about one in a thousand
    unknown passwords for known.
    """
    bits, hashes = _filter()
    return all(bits[place >> 3] & (1 << (place & 7)) for place in places(password.lower(), len(bits) * 8, hashes))


def places(word: str, size_bits: int, hashes: int) -> list[int]:
    """Return the `hashes` places of a word in a Bloom filter of `size_bits`."""
    digest = hashlib.sha256(word.encode()).digest()
    first, step = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:16], "big") | 1
    return [(first + number * step) % size_bits for number in range(hashes)]


@cache
def _filter() -> tuple[bytes, int]:
    """Return the bits of the bundled filter and how many hashes each word has."""
    data = _FILE.read_bytes()
    if not data.startswith(HEADER):
        raise RuntimeError("the list of known passwords is damaged: install the package anew")
    return data[len(HEADER) + 1 :], data[len(HEADER)]


def _readings(password: str) -> set[str]:
    """Return a password as typed, and without what stands between its words: zxcvbn takes a space for a secret."""
    joined = re.sub(r"[\W_]+", "", password)
    return {password, joined} if joined else {password}


def _words(user: Any) -> set[str]:
    """Return the words that belong to a person, the firm's product included, in lower case."""
    found = set(PRODUCT_WORDS)
    for text in (getattr(user, "name", ""), getattr(user, "email", ""), *getattr(user, "companies", ())):
        lowered = str(text or "").lower()
        found |= {lowered, *re.split(r"[^\w]+", lowered)}
    return {word for word in found if len(word) >= SHORTEST_WORD}
