"""A proof taken apart into the steps that a picture of it shows.

Source: RFC 9162, section 2.1.3.2.
"""

import json
from typing import Any

from muniment.trust.disclosure.types import Path, ProofFacts, Step
from muniment_verify.encoding import from_base64
from muniment_verify.entries import commitment, entry_leaf, head_leaf
from muniment_verify.merkle import node_hash
from muniment_verify.notes import parse_checkpoint, parse_note
from muniment_verify.proofs import parse_proof


def of_receipt(receipt: dict[str, Any]) -> ProofFacts:
    """Return the two paths of a receipt. Nothing is verified: that is for whoever holds the keys."""
    parts = receipt["entry"]
    leaf = entry_leaf(_commitment(parts["core"]), _commitment(parts["private"]))
    log = _path(leaf, receipt["proof"])
    register = _path(head_leaf(log.origin, log.size, log.root), receipt["register"])
    note = parse_note(parse_proof(receipt["register"]).note)
    return ProofFacts(log, register, tuple(dict.fromkeys(line.name for line in note.signatures)))


def climb(leaf: bytes, index: int, size: int, hashes: tuple[bytes, ...]) -> tuple[Step, ...]:
    """Return the steps from leaf `index` up to the root of a tree of `size` leaves; the last makes the root."""
    place, last, found, steps = index, size - 1, leaf, []
    for beside in hashes:
        is_left = bool(place & 1) or place == last
        found = node_hash(beside, found) if is_left else node_hash(found, beside)
        steps.append(Step(beside, is_left, found))
        if is_left:
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        place, last = place >> 1, last >> 1
    return tuple(steps)


def as_file(receipt: dict[str, Any]) -> bytes:
    """Return a receipt as it is kept: one JSON object, in a stable order."""
    return json.dumps(receipt, indent=1, ensure_ascii=False).encode() + b"\n"


def _path(leaf: bytes, text: str) -> Path:
    proof = parse_proof(text)
    head = parse_checkpoint(parse_note(proof.note).text)
    return Path(leaf, proof.index, climb(leaf, proof.index, head.size, proof.hashes), head.origin, head.size, head.root)


def _commitment(part: dict[str, str]) -> bytes:
    if "commitment" in part:
        return from_base64(part["commitment"], "a commitment")
    return commitment(from_base64(part["salt"], "a salt"), part["text"].encode())
