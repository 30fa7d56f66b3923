"""Payment card numbers in text: found by issuer, length and check digit, so that they are never kept.

A number is taken for a card's when an issuer gives out numbers that begin so and are that long, when its
check digit is right, and when it is written as one number or in groups as on a card. About three in a
hundred random numbers of 16 digits pass all of that; what is known to be something else (account numbers, UUIDs, bar
codes, phone numbers, decimals) is left alone.

Sources: ISO/IEC 7812-1 (numbers and their check digit), PCI DSS 4.0.1 requirements 3.2 to 3.5.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from muniment.core import config
from muniment.trust.vault.errors import CardNumberRefused

SHORTEST, LONGEST = 12, 19
HIDDEN = "\u2022\u2022\u2022\u2022 "

_MAESTRO = frozenset(range(12, 20))
# First and last beginning of the numbers of an issuer, both included, and how long they are.
_ISSUERS: tuple[tuple[str, str, frozenset[int]], ...] = (
    ("4", "4", frozenset({13, 16, 18, 19})),  # Visa
    ("2221", "2720", frozenset({16})),  # Mastercard
    ("51", "55", frozenset({16})),
    ("34", "34", frozenset({15})),  # American Express
    ("37", "37", frozenset({15})),
    ("6011", "6011", frozenset(range(16, 20))),  # Discover
    ("644", "649", frozenset(range(16, 20))),
    ("65", "65", frozenset(range(16, 20))),
    ("300", "305", frozenset({14, 16, 17, 18, 19})),  # Diners Club
    ("3095", "3095", frozenset({14, 16, 17, 18, 19})),
    ("36", "36", frozenset(range(14, 20))),
    ("38", "39", frozenset({14, 16, 17, 18, 19})),
    ("3528", "3589", frozenset(range(16, 20))),  # JCB
    ("62", "62", frozenset(range(16, 20))),  # UnionPay
    ("8100", "8171", frozenset(range(16, 20))),
    *((start, start, _MAESTRO) for start in ("5018", "5020", "5038", "5893", "6304", "6759")),
    ("6761", "6763", _MAESTRO),
)

_SPACES = r" \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_UNSEEN = r"\u00ad\u200b-\u200d\u2060\ufeff"
_SIGNS = r"\-._\u00b7\u2010-\u2015\u2024\u2212\ufe58\ufe63\uff0d"
_BETWEEN = f"[{_SPACES}{_UNSEEN}{_SIGNS}]"
_RUN = re.compile(rf"\d+(?:{_BETWEEN}{{1,3}}\d+)*")
_DIGITS = re.compile(r"\d+")
_ENOUGH = re.compile(rf"\d(?:{_BETWEEN}{{0,3}}\d){{{SHORTEST - 1}}}")
_UUID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_WORDS = (
    r"(?:credit|debit)?cards?|(?:kredit)?karten?|cartes?|tarjetas?|cartas?|visa|master(?:card)?|maestro|amex|"
    r"american express|discover|diners|jcb|union ?pay|pan|cvv2?|cvc2?"
)
_ABOUT_CARDS = re.compile(rf"\b(?:{_WORDS})(?![a-z])", re.IGNORECASE)
_WORD_BEFORE = re.compile(rf"\b(?:{_WORDS}|no|nr|number|cc)$", re.IGNORECASE)
_WORD_AFTER = re.compile(r"(?:exp|valid|cvv|cvc|gültig|eur|usd|gbp)", re.IGNORECASE)

# Groups other than all of one size: American Express, Diners Club, UnionPay and Maestro as printed on the card.
_LAYOUTS = frozenset({(4, 6, 5), (4, 6, 4), (6, 13), (4, 4, 5), (4, 3, 3, 3), (4, 12)})
_LONGEST_GROUP = 8
_PRINTED = 4  # digits in the first group on every card
_ROW = 7  # so many groups beside each other are a row of a table, unless the text speaks of cards
_EAN = 13
_CHANCE = 0.2  # of what is written like a card number, 0.03 is taken for one by chance


@dataclass(frozen=True)
class Found:
    """Where a card number stands in a text (`end` excluded), and its last four digits."""

    start: int
    end: int
    last_four: str


@dataclass(frozen=True)
class _Group:
    start: int
    end: int
    digits: str


def find(text: str) -> list[Found]:
    """Return the card numbers in `text`, in order and apart from each other."""
    return _search(text)[0]


def count(text: str) -> int:
    """Return how many card numbers the text of a document holds.

    In a table of figures some look like card numbers by chance. Those that no word about cards stands
    before are counted only where they are more than chance explains.
    """
    found, shaped = _search(text)
    about_cards = sum(_speaks_of_cards(text, number.start) for number in found)
    return len(found) if len(found) > shaped * _CHANCE else about_cards


def _search(text: str) -> tuple[list[Found], int]:
    """Return the card numbers in `text`, and how many places are written like one, right or not."""
    if not _ENOUGH.search(text):
        return [], 0
    known = [match.span() for match in _UUID.finditer(text)] + _accounts(text)
    found: list[Found] = []
    shaped = 0
    for run in _RUN.finditer(text):
        if run.end() - run.start() >= SHORTEST:
            shaped += _search_run(text, _groups(run), known, found)
    return found, shaped


def mask(text: str) -> str:
    """Return `text` with four dots and the last four digits in place of every card number."""
    while numbers := find(text):  # again, because the last four may begin another number
        kept, last = [], 0
        for found in numbers:
            kept += [text[last : found.start], HIDDEN, found.last_four]
            last = found.end
        text = "".join([*kept, text[last:]])
    return text


def keep_out(value: Any, *, typed: bool = True) -> Any:
    """Return text or JSON without card numbers, by the policy of the installation.

    What the portal wrote itself (not `typed`) is masked: there is nobody to refuse.

    Raises:
        CardNumberRefused: there is one, and the policy refuses.
    """
    masked = _masked(value)
    if masked != value and typed and config.current().card_numbers == "refuse":
        raise CardNumberRefused
    return masked


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {_masked(key): _masked(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(inner) for inner in value]
    if isinstance(value, int) and not isinstance(value, bool) and (found := find(str(value))):
        return HIDDEN + found[0].last_four
    return value


def _groups(run: re.Match[str]) -> list[_Group]:
    return [
        _Group(run.start() + match.start(), run.start() + match.end(), _ascii(match[0]))
        for match in _DIGITS.finditer(run[0])
    ]


def _search_run(text: str, groups: list[_Group], known: list[tuple[int, int]], found: list[Found]) -> int:
    """Add the numbers among the groups of one run of digits to `found`; return how many places are written like one.

    Of several that begin at one place the longest counts.
    """
    first = shaped = 0
    while first < len(groups):
        ends = _shaped(text, groups, first)
        shaped += bool(ends)
        last = next((last for last in ends if _is_card(text, groups, first, last, known)), None)
        if last is not None:
            found.append(Found(groups[first].start, groups[last - 1].end, _number(groups, first, last)[-4:]))
        first = last or first + 1
    return shaped


def _shaped(text: str, groups: list[_Group], first: int) -> list[int]:
    """Return where groups from `first` on may end to be written like a card number, the longest first."""
    begins = len(groups[first].digits)
    if first and begins != _PRINTED and begins < SHORTEST:
        return []  # only groups of four, and whole numbers, may have other figures beside them
    ends, length = [], 0
    for last in range(first, len(groups)):
        length += len(groups[last].digits)
        if length > LONGEST:
            break
        if length >= SHORTEST and _is_laid_out(text, groups, first, last + 1):
            ends.append(last + 1)
    return ends[::-1]


def _is_card(text: str, groups: list[_Group], first: int, last: int, known: list[tuple[int, int]]) -> bool:
    number = _number(groups, first, last)
    if not (_is_issued(number) and _luhn(number)):
        return False
    start, end = groups[first].start, groups[last - 1].end
    if any(begin < end and start < finish for begin, finish in known):
        return False
    if len(groups) >= _ROW and 1 < last - first < len(groups) and not _speaks_of_cards(text, start):
        return False
    return _stands_alone(text, start, end, number) and not _is_bar_code(text, start, number)


def _number(groups: list[_Group], first: int, last: int) -> str:
    return "".join(group.digits for group in groups[first:last])


def _is_issued(number: str) -> bool:
    return len(number) in _lengths(number[:4])


@cache
def _lengths(beginning: str) -> frozenset[int]:
    """Return how long the numbers are that begin with these four digits; nothing where nobody gives out any."""
    found: frozenset[int] = frozenset()
    for first, last, lengths in _ISSUERS:
        if first <= beginning[: len(first)] <= last:
            found |= lengths
    return found


def _luhn(number: str) -> bool:
    """Return whether the check digit is right.

    Source: ISO/IEC 7812-1, annex B.
    """
    digits = [int(digit) for digit in reversed(number)]
    doubled = (digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[1::2])  # noqa: PLR2004 - 5 doubled has two digits
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _is_laid_out(text: str, groups: list[_Group], first: int, last: int) -> bool:
    """Return whether the groups are those of one number, and not a part of something longer."""
    sizes = tuple(len(group.digits) for group in groups[first:last])
    if len(sizes) == 1:
        before = text[groups[first - 1].end : groups[first].start] if first else ""
        return before != "."  # the digits behind a decimal point
    even = set(sizes[:-1]) == {sizes[0]} and sizes[-1] <= sizes[0] <= _LONGEST_GROUP
    if not even and sizes not in _LAYOUTS:
        return False
    return sizes[0] == _PRINTED or (first, last) == (0, len(groups))


def _stands_alone(text: str, start: int, end: int, number: str) -> bool:
    """Return whether no letter, decimal comma or international prefix makes the number part of something else."""
    before, after = text[max(0, start - 24) : start], text[end : end + 8]
    if before[-1:].isascii() and before[-1:].isalnum() and not _WORD_BEFORE.search(before):
        return False
    if after[:1].isascii() and after[:1].isalnum() and not _WORD_AFTER.match(after):
        return False
    if re.search(r"(?:^|\D)0,$", before):
        return False
    return not (before.endswith("+") and len(number) <= 15)  # noqa: PLR2004 - the longest phone number, ITU-T E.164


def _is_bar_code(text: str, start: int, number: str) -> bool:
    """Return whether 13 digits are an article number (EAN), many of which begin with Visa's 4."""
    if len(number) != _EAN or _speaks_of_cards(text, start):
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(number)) % 10 == 0


def _speaks_of_cards(text: str, start: int) -> bool:
    return _ABOUT_CARDS.search(text, max(0, start - 40), start) is not None


def _accounts(text: str) -> list[tuple[int, int]]:
    """Return where account numbers (IBAN) with a right check stand.

    Source: ISO 13616-1; the check is ISO/IEC 7064 MOD 97-10.
    """
    found = []
    for match in _IBAN.finditer(text):
        plain = match[0].replace(" ", "")
        for length in range(len(plain), 14, -1):  # a word behind it may look like its last group
            turned = plain[4:length] + plain[:4]
            if int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1:
                found.append((match.start(), _after(match[0], length) + match.start()))
                break
    return found


def _after(text: str, signs: int) -> int:
    """Return the place behind so many signs that are no spaces."""
    return [place for place, sign in enumerate(text) if sign != " "][signs - 1] + 1


def _ascii(digits: str) -> str:
    return digits if digits.isascii() else "".join(str(int(digit)) for digit in digits)
