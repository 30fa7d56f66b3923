"""One secret that stands for very many, and from which single ones can be taken away for ever.

A secret of 32 bytes stands at the top of a binary tree. Each half below follows from the one above it by HMAC-SHA256,
down to 2^96 leaves, one for each name. As long as nothing was taken away, the top is all there is to keep. To take a
leaf away the nodes on the way to it are given up, and what hangs beside that way is kept instead: every other leaf can
still be worked out, that one by nobody.

Source: Goldreich, Goldwasser, Micali, "How to construct random functions", JACM 33(4), 1986; Boneh and Waters,
"Constrained pseudorandom functions and their applications", ASIACRYPT 2013 (there as a punctured function).
"""

import hashlib
import hmac
import struct
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, NamedTuple

DEPTH = 96  # names are hashed: two of a billion meet at a leaf with a probability below 10^-10
SECRET_BYTES = 32
_NODE = struct.Struct(">12sB32s")
NODE_BYTES = _NODE.size
_NAME = b"muniment/lock/v1\0"
_BRANCH = (b"\x00", b"\x01")


class Node(NamedTuple):
    """A node that is kept: the `size` first bits of every leaf below it (the rest of `path` is 0), and its secret."""

    path: int
    size: int
    secret: bytes


def top(secret: bytes) -> Node:
    """Return the node from which every leaf follows."""
    if len(secret) != SECRET_BYTES:
        raise ValueError("a secret of 32 bytes is needed")
    return Node(0, 0, secret)


def leaf_of(name: bytes) -> int:
    """Return the place of a name among the leaves."""
    return int.from_bytes(hashlib.sha256(_NAME + name).digest()[: DEPTH // 8])


def secret_of(nodes: Sequence[Node], leaf: int) -> bytes | None:
    """Return the 32-byte secret of a leaf, or None when it was taken away. Nodes are in the order of their paths."""
    found = bisect_right(nodes, leaf, key=_path) - 1
    if found < 0 or not _is_above(nodes[found], leaf):
        return None
    _, size, secret = nodes[found]
    for level in range(size, DEPTH):
        secret = _below(secret, _bit(leaf, level))
    return secret


def is_kept(nodes: Sequence[Node], leaf: int) -> bool:
    """Tell whether the secret of a leaf can still be worked out; quick, for nothing is."""
    found = bisect_right(nodes, leaf, key=_path) - 1
    return found >= 0 and _is_above(nodes[found], leaf)


def without(nodes: Sequence[Node], leaf: int) -> list[Node]:
    """Return the nodes from which every leaf but this one follows; the same as before if it was taken away."""
    found = bisect_right(nodes, leaf, key=_path) - 1
    if found < 0 or not _is_above(nodes[found], leaf):
        return list(nodes)
    _, size, secret = nodes[found]
    beside = []
    for level in range(size, DEPTH):
        bit = _bit(leaf, level)
        flipped = leaf ^ (1 << (DEPTH - 1 - level))
        path = flipped >> (DEPTH - 1 - level) << (DEPTH - 1 - level)
        beside.append(Node(path, level + 1, _below(secret, 1 - bit)))
        secret = _below(secret, bit)
    return [*nodes[:found], *sorted(beside), *nodes[found + 1 :]]


def render(nodes: Sequence[Node]) -> bytes:
    """Return nodes as bytes: 45 each."""
    return b"".join(_NODE.pack(node.path.to_bytes(DEPTH // 8), node.size, node.secret) for node in nodes)


class Stored(Sequence[Node]):
    """Nodes as they lie in bytes, each unpacked when it is asked for: looking one up reads few of them."""

    def __init__(self, data: Any, *, start: int, count: int) -> None:
        """Take what gives bytes by slices (a mapped file too), where nodes begin in it, and how many there are."""
        self._data, self._start, self._count = data, start, count

    def __len__(self) -> int:
        """Return how many nodes there are."""
        return self._count

    def __getitem__(self, index: Any) -> Any:
        """Return one node."""
        path, size, secret = _NODE.unpack_from(self._data, self._start + index * NODE_BYTES)
        return Node(int.from_bytes(path), size, secret)


def parse(data: bytes) -> list[Node]:
    """Return the nodes that `render` wrote.

    Raises:
        ValueError: it did not write this.
    """
    if len(data) % NODE_BYTES:
        raise ValueError("cut off")
    nodes = [Node(int.from_bytes(path), size, secret) for path, size, secret in _NODE.iter_unpack(data)]
    end = 0
    for node in nodes:
        width = 1 << (DEPTH - node.size) if node.size <= DEPTH else 0
        if not width or node.path % width or node.path < end:
            raise ValueError("the nodes are not those of a tree")
        end = node.path + width
    return nodes


def _path(node: Node) -> int:
    return node.path


def _is_above(node: Node, leaf: int) -> bool:
    return node.size <= DEPTH and leaf >> (DEPTH - node.size) == node.path >> (DEPTH - node.size)


def _bit(leaf: int, level: int) -> int:
    return leaf >> (DEPTH - 1 - level) & 1


def _below(secret: bytes, bit: int) -> bytes:
    return hmac.digest(secret, _BRANCH[bit], "sha256")
