"""Hash the register anew out of its own leaves."""

from collections.abc import Sequence

from muniment.trust.audit.models import RegisterHead, RegisterTree
from muniment.trust.audit.rehashing.checking import Growing
from muniment.trust.audit.rehashing.logs import Rehashed
from muniment.trust.audit.tree import storage
from muniment.trust.audit.tree.frontier import HASH_BYTES, WIDTH
from muniment.trust.audit.types import Finding, Head

TILES = 20  # at once


def rehash_register() -> Rehashed:
    """Hash the register anew, up to the size it has now; its entries are the heads of all logs."""
    done, tree = Rehashed(), RegisterTree.objects.get()
    newest = RegisterHead.objects.order_by("-size").values_list("size", flat=True).first() or 0
    if tree.size != newest:
        done.found.append(Finding("size", tree.size))
    size = min(tree.size, newest)
    growing = Growing(tree.origin, size, _heads, storage.register_tiles)
    for start in range(0, size, TILES * WIDTH):
        end = min(start + TILES * WIDTH, size)
        leaves = _leaves(start, end)
        done.found += growing.add(leaves)
        done.entries += len(leaves)
        if len(leaves) < end - start:
            done.found.append(Finding("position", start + len(leaves)))
            break
    done.heads = growing.heads
    return done


def _leaves(start: int, end: int) -> list[bytes]:
    keys = [(0, n) for n in range(start // WIDTH, (end - 1) // WIDTH + 1)]
    tiles = storage.register_tiles(keys)
    hashes = b"".join(tiles.get(key, b"") for key in keys)[: (end - start) * HASH_BYTES]
    return [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]


def _heads(after: int, until: int) -> Sequence[Head]:
    rows = RegisterHead.objects.filter(size__gt=after, size__lte=until).order_by("size")
    return [Head(row.size, bytes(row.root), row.note, row.signed_at) for row in rows]
