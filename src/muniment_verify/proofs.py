"""A leaf's proof as one text: its place, the hashes beside it, and the checkpoint they lead to.

Source: C2SP tlog-proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from muniment_verify.encoding import HASH_BYTES, from_base64, to_base64, to_number
from muniment_verify.errors import Unreadable
from muniment_verify.merkle import LONGEST_PROOF

FORMAT = "c2sp.org/tlog-proof@v1"
LARGEST_PROOF = 262_144


@dataclass(frozen=True)
class Proof:
    """A proof taken apart and not yet verified; `note` is the signed checkpoint, `extra` is signed by nobody."""

    index: int
    hashes: tuple[bytes, ...]
    note: str
    extra: bytes = b""


def format_proof(index: int, hashes: Sequence[bytes], note: str, extra: bytes = b"") -> str:
    """Return the text of a proof."""
    lines = [FORMAT, *([f"extra {to_base64(extra)}"] if extra else []), f"index {index}", *map(to_base64, hashes)]
    return "\n".join(lines) + "\n\n" + note


def parse_proof(text: str) -> Proof:
    """Take a proof apart.

    Raises:
        Unreadable: it is not in the format, or larger than `LARGEST_PROOF` characters.
    """
    head, gap, note = text.partition("\n\n") if len(text) <= LARGEST_PROOF else ("", "", "")
    lines = head.split("\n")
    if not gap or lines.pop(0) != FORMAT:
        raise Unreadable(f"The proof is not in the format {FORMAT}.")
    extra = b""
    if lines and lines[0].startswith("extra "):
        extra = from_base64(lines.pop(0)[len("extra ") :], "The extra data of the proof")
    if not lines or not lines[0].startswith("index "):
        raise Unreadable("The proof does not say the place of its leaf.")
    index = to_number(lines.pop(0)[len("index ") :], "The place in the proof")
    if len(lines) > LONGEST_PROOF:
        raise Unreadable("The proof has too many hashes.")
    return Proof(index, tuple(from_base64(line, "A hash of the proof", HASH_BYTES) for line in lines), note, extra)
