"""Hash one client's whole log anew: every entry with what is left of its parts, the tree, the heads."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.audit.canonical import leaf_hash
from muniment.trust.audit.models import ClientHead, ClientTree, Entry
from muniment.trust.audit.proving.opening import commitment_of, part_of
from muniment.trust.audit.rehashing.checking import Growing
from muniment.trust.audit.tree import storage
from muniment.trust.audit.tree.frontier import TileKey, Tiles
from muniment.trust.audit.types import Finding, Head
from muniment.trust.vault.errors import SealBroken
from muniment_verify.entries import head_leaf

BATCH = 2_000
MOST = 20  # findings of one log: after that it is clear enough


@dataclass
class Rehashed:
    """What was hashed and what was found; a place is an entry's position, a head's size or a tile's number."""

    entries: int = 0
    heads: int = 0
    found: list[Finding] = field(default_factory=list)

    @property
    def is_hopeless(self) -> bool:
        """Tell whether going on would say nothing new."""
        return len(self.found) >= MOST


def rehash_log(client_id: UUID) -> Rehashed:
    """Hash the log of a client anew, in small transactions, up to the size its tree has now."""
    done = Rehashed()
    with _reading(client_id):
        tree = ClientTree.objects.filter(client_id=client_id).first()
        newest = ClientHead.objects.filter(client_id=client_id).order_by("-size").values_list("size", flat=True).first()
    if tree is None or tree.size == newest == 0:
        return done
    if tree.size != (newest or 0):
        done.found.append(Finding("size", tree.size))
    size = max(tree.size, newest or 0)
    growing = Growing(tree.origin, size, partial(_heads, client_id, tree.origin, done), partial(_tiles, client_id))
    for start in range(0, size, BATCH):
        with _reading(client_id):
            leaves = _leaves(client_id, start, min(start + BATCH, size), done)
            done.found += growing.add(leaves)
        done.entries += len(leaves)
        if done.is_hopeless or len(leaves) < min(start + BATCH, size) - start:
            break  # nothing after a missing entry can fit
    else:
        _look_beyond(client_id, size, done)
    done.heads = growing.heads
    return done


def _reading(client_id: UUID) -> AbstractContextManager[None]:
    return bound(Binding(client_id, None, "muniment_auditor"))


def _leaves(client_id: UUID, start: int, end: int, done: Rehashed) -> list[bytes]:
    """Return the leaves from `start` up to the first entry that is missing."""
    rows = Entry.objects.filter(client_id=client_id, position__gte=start, position__lt=end).order_by("position", "id")
    leaves: list[bytes] = []
    for position, row in enumerate(rows, start):
        if row.position != position:
            break
        done.found += _look_at(row)
        leaves.append(bytes(row.leaf))
    if len(leaves) < end - start:
        done.found.append(Finding("position", start + len(leaves)))
    return leaves


def _look_at(row: Entry) -> Iterator[Finding]:
    """Yield what of an entry is not as it was committed to."""
    place, commitments = row.position or 0, []
    for name in ("core", "private"):
        try:
            part = part_of(row, name)
        except SealBroken:
            yield Finding("body", place)
            return
        commitment = commitment_of(row, name, part)
        if part is not None and part.commitment != commitment:
            yield Finding("body", place)
            return
        commitments.append(commitment)
    core, private = commitments
    if core is not None and private is not None and leaf_hash(core, private) != bytes(row.leaf):
        yield Finding("leaf", place)


def _heads(client_id: UUID, origin: str, done: Rehashed, after: int, until: int) -> Sequence[Head]:
    """Return heads, having looked whether each stands in the register at its place."""
    rows = list(ClientHead.objects.filter(client_id=client_id, size__gt=after, size__lte=until).order_by("size"))
    tiles = storage.register_tiles(sorted({(0, row.register_index // 256) for row in rows}))
    for row in rows:
        at = row.register_index % 256 * 32
        leaf = tiles.get((0, row.register_index // 256), b"")[at : at + 32]
        if leaf != head_leaf(origin, row.size, bytes(row.root)):
            done.found.append(Finding("register", row.size))
    return [Head(row.size, bytes(row.root), row.note, row.signed_at, row.register_index) for row in rows]


def _tiles(client_id: UUID, keys: list[TileKey]) -> Tiles:
    return storage.client_tiles(client_id, keys)


def _look_beyond(client_id: UUID, size: int, done: Rehashed) -> None:
    """Look for entries that bear a number which the tree had not given when this began, nor has now."""
    with _reading(client_id):
        now = ClientTree.objects.get(client_id=client_id).size
        rows = Entry.objects.filter(client_id=client_id, position__gte=max(size, now))
        done.found += [Finding("position", place or 0) for place in rows.values_list("position", flat=True)[:MOST]]
