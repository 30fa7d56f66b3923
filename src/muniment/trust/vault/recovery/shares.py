"""The recovery secret as words for several people, of whom some together have it again.

Source: SLIP-0039, with the reference library `shamir-mnemonic`; without a passphrase.
"""

import re
from dataclasses import dataclass

from shamir_mnemonic import combine_mnemonics, generate_mnemonics
from shamir_mnemonic.share import Share
from shamir_mnemonic.utils import MnemonicError
from shamir_mnemonic.wordlist import WORDLIST

from muniment.trust.vault.errors import ShareOfAnother, SharesMissing, ShareUnreadable, SheetNumbers

MOST_PEOPLE = 16
WORDS = 33
"""How many words a share of a 32-byte secret has."""

_STARTS = {word[:4]: word for word in WORDLIST}  # no two words of the list begin alike


@dataclass(frozen=True, slots=True)
class ShareFacts:
    """What one share says: its set, its number from 1, how many are needed, and its words as they should be."""

    set_id: int
    number: int
    needed: int
    words: str


def split(secret: bytes, *, people: int, needed: int) -> list[str]:
    """Return the words of each person's share.

    Raises:
        SheetNumbers: not 1 to 16 people, or not 2 to all of them are needed (1 where there is one alone).
    """
    if not 1 <= needed <= people <= MOST_PEOPLE or (needed == 1) != (people == 1):
        raise SheetNumbers
    return list(generate_mnemonics(1, [(needed, people)], secret, iteration_exponent=0)[0])


def read(text: str) -> ShareFacts:
    """Return what a share as somebody typed it says; numbers before words, case and line ends do not matter.

    Raises:
        ShareUnreadable: words are missing, not of the list, or one of them is another than it was.
    """
    words = re.findall(r"[a-z]+", text.lower())
    known = [_STARTS.get(word[:4], "") if _is_like(word) else "" for word in words]
    if "" in known:
        raise ShareUnreadable(f"Word {known.index('') + 1} is not a word of the list. Look at it again.")
    if len(known) != WORDS:
        raise ShareUnreadable(f"A share has {WORDS} words; these are {len(known)}.")
    try:
        share = Share.from_mnemonic(" ".join(known))
    except MnemonicError as error:
        raise ShareUnreadable("One of the words is not the one that was printed. Compare them all.") from error
    return ShareFacts(share.identifier, share.index + 1, share.member_threshold, " ".join(known))


def combine(texts: list[str]) -> bytes:
    """Return the recovery secret from shares, each as somebody typed it; the same one twice counts once.

    Raises:
        ShareUnreadable: as for `read`.
        ShareOfAnother: they are not of the same sheet.
        SharesMissing: more are needed.
    """
    shares = {share.words: share for share in map(read, texts)}
    if len({(share.set_id, share.needed) for share in shares.values()}) > 1:
        raise ShareOfAnother
    needed = next((share.needed for share in shares.values()), 1)
    if len(shares) < needed:
        raise SharesMissing(needed=needed, given=len(shares))
    try:
        return bytes(combine_mnemonics(list(shares)[:needed]))
    except MnemonicError as error:
        raise ShareOfAnother from error


def _is_like(word: str) -> bool:
    """Tell whether it is a word of the list, or at least its first four letters."""
    whole = _STARTS.get(word[:4], "")
    return len(word) >= min(4, len(whole) or 4) and whole.startswith(word)
