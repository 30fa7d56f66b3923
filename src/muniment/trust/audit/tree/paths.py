"""Proofs out of the tiles of a tree.

Source: RFC 9162, sections 2.1.3.1 and 2.1.4.1.
"""

from collections.abc import Callable, Iterable

from muniment.trust.audit.tree.frontier import BITS, HASH_BYTES, WIDTH, TileKey, TileMissing, Tiles, fold
from muniment_verify.merkle import EMPTY_ROOT, node_hash

Load = Callable[[list[TileKey]], Tiles]


class Tree:
    """A tree whose tiles `load` reads, all that one proof needs at once. Sizes up to the tree's own may be asked."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._tiles: dict[TileKey, bytes] = {}

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` leaves.

        Raises:
            TileMissing: the tree is not there, or not as long.
        """
        self._fetch(size, [size - 1])
        return self._hash(0, size)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """Return the hashes that lead from leaf `index` to the root of the first `size` leaves, lowest first.

        Raises:
            TileMissing: the tree is not there, or not as long.
        """
        self._fetch(size, [index, size - 1])
        start, end, path = 0, size, []
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                path.append(self._hash(middle, end))
                end = middle
            else:
                path.append(self._hash(start, middle))
                start = middle
        return path[::-1]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Return the hashes that show that the tree of `new` leaves begins with that of `old` leaves.

        Raises:
            TileMissing: the tree is not there, or not as long.
        """
        if old in {0, new}:
            return []
        self._fetch(new, [old - 1, old, new - 1])
        start, end, path, whole = 0, new, [], True
        while old != end:
            middle = start + _split(end - start)
            if old <= middle:
                path.append(self._hash(middle, end))
                end = middle
            else:
                path.append(self._hash(start, middle))
                start, whole = middle, False
        return [*([] if whole else [self._hash(start, end)]), *path[::-1]]

    def _fetch(self, size: int, places: Iterable[int]) -> None:
        levels = range(max(0, size).bit_length() // BITS + 1)
        wanted = {(level, place >> (BITS * level) >> BITS) for place in places if place >= 0 for level in levels}
        missing = sorted(wanted - self._tiles.keys())
        if missing:
            self._tiles.update(self._load(missing))

    def _hash(self, start: int, end: int) -> bytes:
        """Return the root over leaves `start` (included) to `end` (not included)."""
        if start == end:
            return EMPTY_ROOT
        count = end - start
        power = count.bit_length() - 1
        if count == 1 << power and start % count == 0:
            return self._node(power, start >> power)
        middle = start + _split(count)
        return node_hash(self._hash(start, middle), self._hash(middle, end))

    def _node(self, power: int, n: int) -> bytes:
        """Return the root of the `n`th complete subtree of 2^`power` leaves."""
        level, rest = divmod(power, BITS)
        first = n << rest
        at = first % WIDTH * HASH_BYTES
        hashes = self._tiles.get((level, first >> BITS), b"")[at : at + (HASH_BYTES << rest)]
        if len(hashes) != HASH_BYTES << rest:
            raise TileMissing
        return fold(hashes)


def _split(count: int) -> int:
    """Return the largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1
