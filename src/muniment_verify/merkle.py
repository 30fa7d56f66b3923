"""The Merkle tree of RFC 9162: hashes, proofs and the root of a whole log read once.

Source: RFC 9162, sections 2.1.1, 2.1.3.2 and 2.1.4.2 (the tree of RFC 6962).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()
LONGEST_PROOF = 64  # a tree of 2^63 leaves needs no more


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of `data` placed as a leaf.

    The zero byte in front keeps a leaf from passing for an inner node.
    """
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node from its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether the leaf hash `leaf` stands at `index` (from 0) of the tree of `size` leaves with this root.

    `proof` runs from the leaf's sibling up to the root's child.
    """
    if not 0 <= index < size or len(proof) > LONGEST_PROOF:
        return False
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while place and not place & 1:
                place >>= 1
                last >>= 1
        else:
            found = node_hash(found, sibling)
        place >>= 1
        last >>= 1
    return last == 0 and found == root


def verify_consistency(old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether the tree of `new_size` leaves begins with the whole tree of `old_size` leaves.

    Every tree begins with the empty one; trees of the same size need the same root; neither needs a proof.
    """
    if not 0 <= old_size <= new_size or len(proof) > LONGEST_PROOF + 1:
        return False
    if old_size == 0 and old_root != EMPTY_ROOT:
        return False
    if old_size in (0, new_size):
        return not proof and (old_size != new_size or old_root == new_root)
    hashes = list(proof)
    if old_size & (old_size - 1) == 0:
        hashes.insert(0, old_root)  # a complete tree is a node of the new one: the proof leaves it out
    return bool(hashes) and _roots(old_size - 1, new_size - 1, hashes) == (old_root, new_root)


def _roots(place: int, last: int, hashes: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Return the old and the new root that a consistency proof leads to, or nothing when its length is wrong."""
    while place & 1:
        place >>= 1
        last >>= 1
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            old = node_hash(sibling, old)
            new = node_hash(sibling, new)
            while place and not place & 1:
                place >>= 1
                last >>= 1
        else:
            new = node_hash(new, sibling)
        place >>= 1
        last >>= 1
    return (old, new) if last == 0 else None


class CompactRange:
    """The root of a growing tree, in memory for one hash per level: what reading a whole log needs.

    It can start from the roots of the complete subtrees of a tree that is already there, largest first.
    """

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        if len(hashes) != bin(size).count("1"):
            raise ValueError("one hash for each complete subtree")
        self.size = size
        self.hashes = list(hashes)

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash at the end."""
        full, hashes, digest = self.size, self.hashes, leaf
        while full & 1:
            digest = hashlib.sha256(b"\x01" + hashes.pop() + digest).digest()
            full >>= 1
        hashes.append(digest)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of the tree so far."""
        if not self.hashes:
            return EMPTY_ROOT
        digest = self.hashes[-1]
        for left in self.hashes[-2::-1]:
            digest = node_hash(left, digest)
        return digest
