"""The right edge of a tree in tiles: all that appending needs, and the root.

A tile holds up to 256 hashes of one level, and the root of a full tile is a hash of the level above it.

Source: RFC 9162, section 2.1; C2SP tlog-tiles.
"""

from collections.abc import Mapping, Sequence

from muniment_verify.merkle import EMPTY_ROOT, node_hash

WIDTH = 256
BITS = 8
HASH_BYTES = 32
TILE_BYTES = WIDTH * HASH_BYTES

TileKey = tuple[int, int]  # level (0: leaves), and which tile of it
Tiles = Mapping[TileKey, bytes]


def edge_of(size: int) -> list[TileKey]:
    """Return the tiles of a tree of `size` leaves that are not full: one a level at most."""
    return [
        (level, size >> (BITS * level) >> BITS)
        for level in range(size.bit_length() // BITS + 1)
        if (size >> (BITS * level)) % WIDTH
    ]


def fold(hashes: bytes) -> bytes:
    """Return the root over 1, 2, 4 ... 256 hashes that stand one after the other."""
    while len(hashes) > HASH_BYTES:
        pairs = range(0, len(hashes), 2 * HASH_BYTES)
        hashes = b"".join(
            node_hash(hashes[at : at + HASH_BYTES], hashes[at + HASH_BYTES : at + 2 * HASH_BYTES]) for at in pairs
        )
    return hashes


class TileMissing(Exception):
    """A tile is not there, or holds fewer hashes than the size of its tree says: somebody has to look."""


class Frontier:
    """The right edge of a tree of `size` leaves, which grows.

    Raises:
        TileMissing: `tiles` are not those of `edge_of(size)`.
    """

    def __init__(self, size: int, tiles: Tiles) -> None:
        self.size = size
        self._rest: dict[int, bytes] = {}  # what the tile that is not full holds, by level
        for level, n in edge_of(size):
            count = (size >> (BITS * level)) % WIDTH
            found = tiles.get((level, n), b"")
            if len(found) != count * HASH_BYTES:
                raise TileMissing
            self._rest[level] = found

    def append(self, leaves: Sequence[bytes]) -> dict[TileKey, bytes]:
        """Add leaf hashes at the end and return the tiles that are new or longer now."""
        written: dict[TileKey, bytes] = {}
        level, place, new = 0, self.size, b"".join(leaves)
        while new:
            data, up = self._rest.get(level, b"") + new, []
            for at in range(0, len(data), TILE_BYTES):
                tile = data[at : at + TILE_BYTES]
                written[level, (place >> BITS) + at // TILE_BYTES] = tile
                if len(tile) == TILE_BYTES:
                    up.append(fold(tile))
            self._rest[level] = data[len(up) * TILE_BYTES :]
            level, place, new = level + 1, place >> BITS, b"".join(up)
        self.size += len(leaves)
        return written

    def root(self) -> bytes:
        """Return the root of the tree so far."""
        root: bytes | None = None
        for _, rest in sorted(self._rest.items()):
            for part in reversed(_complete(rest)):
                root = part if root is None else node_hash(part, root)
        return EMPTY_ROOT if root is None else root


def _complete(hashes: bytes) -> list[bytes]:
    """Return the roots of the complete subtrees that hashes of one level make, largest first."""
    count, at, roots = len(hashes) // HASH_BYTES, 0, []
    for power in reversed(range(BITS)):
        if count >> power & 1:
            end = at + (HASH_BYTES << power)
            roots.append(fold(hashes[at:end]))
            at = end
    return roots
