"""Hold a tree that is hashed anew against what is kept: its tiles, and its signed heads."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from muniment.trust.audit.tree.frontier import TILE_BYTES, Frontier, TileKey, Tiles
from muniment.trust.audit.types import Finding, Head
from muniment.trust.vault import actions as vault
from muniment_verify.errors import VerifyError
from muniment_verify.notes import LOG_KEY, Checkpoint, key_id, parse_checkpoint, parse_note

LoadHeads = Callable[[int, int], Sequence[Head]]  # the heads after one size, up to another, oldest first
LoadTiles = Callable[[list[TileKey]], Tiles]


class Growing:
    """A tree that grows from nothing to `size` out of the leaves it is given, and is compared on the way."""

    def __init__(self, origin: str, size: int, load_heads: LoadHeads, load_tiles: LoadTiles) -> None:
        self.origin, self.size, self.heads = origin, size, 0
        self._frontier = Frontier(0, {})
        self._load_heads, self._load_tiles = load_heads, load_tiles
        self._keys = vault.log_public_keys()

    def add(self, leaves: Sequence[bytes]) -> Iterator[Finding]:
        """Add the next leaves, and yield what is not as they make it."""
        begun, tiles = self._frontier.size, dict[TileKey, bytes]()
        end = begun + len(leaves)
        for head in self._load_heads(begun, end):
            tiles.update(self._grow(leaves, begun, head.size))
            yield from self._compare(head)
        tiles.update(self._grow(leaves, begun, end))
        whole = {key: hashes for key, hashes in tiles.items() if len(hashes) == TILE_BYTES or end == self.size}
        stored = self._load_tiles(list(whole))
        for key, hashes in whole.items():
            # tiles at the right edge of a tree that has grown meanwhile hold more by now
            if stored.get(key, b"")[: len(hashes)] != hashes:
                yield Finding("tile", key[1])

    def _grow(self, leaves: Sequence[bytes], begun: int, size: int) -> dict[TileKey, bytes]:
        return self._frontier.append(leaves[self._frontier.size - begun : size - begun])

    def _compare(self, head: Head) -> Iterator[Finding]:
        self.heads += 1
        if head.root != self._frontier.root():
            yield Finding("root", head.size)
        if not self._is_signed(head):
            yield Finding("note", head.size)

    def _is_signed(self, head: Head) -> bool:
        """Tell whether a head's note says what the head says, under a signature of the log key."""
        with suppress(VerifyError):
            note = parse_note(head.note)
            if parse_checkpoint(note.text) != Checkpoint(self.origin, head.size, head.root):
                return False
            for line in note.signatures:
                for public in self._keys:
                    if (line.name, line.key_id) == (self.origin, key_id(self.origin, LOG_KEY, public)):
                        return vault.is_signed(public, note.text.encode(), line.signature)
        return False
