"""One batch of the sequencer: number entries, grow the trees, sign the heads and put them into the register.

All of it is one transaction under one lock. A death in the middle leaves nothing half done; a second worker finds
the lock taken and waits. Only entries of transactions that cannot be followed by an older one are taken, so that
numbers have no gaps and stand in the order of commits, as far as that is known.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.audit import signing
from muniment.trust.audit.tree import storage
from muniment.trust.audit.tree.frontier import Frontier, edge_of
from muniment.trust.vault import actions as vault
from muniment_verify.entries import head_leaf

ENTRIES = 20_000  # at most in one batch
CLIENTS = 1_000
SEQUENCER = Binding(None, None, "muniment_sequencer")

_LOCK = "select pg_try_advisory_xact_lock(hashtext('muniment/sequencer'))"
_WAITING = "select client_id from entry where position is null group by client_id order by min(at) limit %s"
# An entry with an id of a transaction yet to come was restored from another server: nothing older can follow it.
_PENDING = """
select p.client_id, p.id, p.at, p.leaf from unnest(%s::uuid[]) as c (client_id) cross join lateral (
  select e.client_id, e.id, e.at, e.leaf from entry e where e.client_id = c.client_id and e.position is null
    and (e.xid < pg_snapshot_xmin(pg_current_snapshot()) or e.xid >= pg_snapshot_xmax(pg_current_snapshot()))
  order by e.id limit %s
) p order by p.client_id, p.id
"""
_BEGIN = "insert into client_tree (client_id) select * from unnest(%s::uuid[]) on conflict do nothing"
_TREES = "select client_id, origin, size from client_tree where client_id = any(%s) for update"
_NUMBER = """
update entry e set position = v.position
from unnest(%s::uuid[], %s::timestamptz[], %s::uuid[], %s::bigint[]) as v (client_id, at, id, position)
where e.client_id = v.client_id and e.at = v.at and e.id = v.id and e.at between %s and %s and e.position is null
"""
_SIZES = (
    "update client_tree t set size = v.size from unnest(%s::uuid[], %s::bigint[]) as v (client_id, size) "
    "where t.client_id = v.client_id"
)
_HEADS = (
    "insert into client_head (client_id, size, root, note, register_index) "
    "select * from unnest(%s::uuid[], %s::bigint[], %s::bytea[], %s::text[], %s::bigint[])"
)
_REGISTER = "select origin, size from register_tree for update"
_REGISTER_SIZE = "update register_tree set size = %s"
_REGISTER_HEAD = "insert into register_head (size, root, note) values (%s, %s, %s)"


class NumberingFailed(Exception):
    """The database did not take exactly the numbers that were given; nothing of the batch stays."""


@dataclass(frozen=True)
class Batch:
    """What was numbered. `is_full` says that there may be more right now."""

    entries: int = 0
    clients: int = 0
    is_full: bool = False


@dataclass(frozen=True)
class _Pending:
    """An entry without a number."""

    id: UUID
    at: datetime
    leaf: bytes


@dataclass(frozen=True)
class _Head:
    """A client's tree after it grew."""

    client_id: UUID
    origin: str
    size: int
    root: bytes


def number_entries() -> Batch:
    """Number what waits; nothing when there is none, or when another worker is at it.

    Raises:
        KeyServiceDown: the log key cannot be opened now; everything waits.
        TileMissing, NumberingFailed: the tables are not what the sequencer left; everything waits.
    """
    if not _anything_waits():
        return Batch()
    signer = vault.log_signer()  # before the lock: a key service that does not answer holds up nobody else
    with bound(SEQUENCER), connection.cursor() as cursor:
        cursor.execute(_LOCK)
        if cursor.fetchone() != (True,):
            return Batch()
        pending, is_full = _find()
        if not pending:
            return Batch()
        _number(pending, signer)
        return Batch(sum(map(len, pending.values())), len(pending), is_full)


def _anything_waits() -> bool:
    with bound(SEQUENCER), connection.cursor() as cursor:
        cursor.execute("select exists (select from entry where position is null)")
        return bool(cursor.fetchone()[0])


def _find() -> tuple[dict[UUID, list[_Pending]], bool]:
    """Return what waits, by client, and whether there may be more."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [CLIENTS])
        waiting = [client_id for (client_id,) in cursor.fetchall()]
        if not waiting:
            return {}, False
        each = max(1, ENTRIES // len(waiting))
        cursor.execute(_PENDING, [waiting, each])
        found: dict[UUID, list[_Pending]] = {}
        for client_id, entry_id, at, leaf in cursor.fetchall():
            found.setdefault(client_id, []).append(_Pending(entry_id, at, bytes(leaf)))
    return found, len(waiting) == CLIENTS or any(len(entries) == each for entries in found.values())


def _number(pending: dict[UUID, list[_Pending]], signer: vault.Signer) -> None:
    """Give every entry its place, and everything that follows from that."""
    client_ids = list(pending)
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, [client_ids])
        cursor.execute(_TREES, [client_ids])
        trees = {client_id: (origin, size) for client_id, origin, size in cursor.fetchall()}
    tiles = storage.tiles_of([(client_id, key) for client_id in client_ids for key in edge_of(trees[client_id][1])])
    heads, grown = [], []
    for client_id, entries in pending.items():
        origin, size = trees[client_id]
        frontier = Frontier(size, tiles.get(client_id, {}))
        written = frontier.append([entry.leaf for entry in entries])
        grown += [(client_id, level, n, hashes) for (level, n), hashes in written.items()]
        heads.append(_Head(client_id, origin, frontier.size, frontier.root()))
    _save_numbers(pending, {client_id: size for client_id, (_, size) in trees.items()})
    storage.grow_clients(grown)
    first = _register(heads, signer)
    _save_heads(heads, first, signer)


def _save_numbers(pending: dict[UUID, list[_Pending]], sizes: dict[UUID, int]) -> None:
    rows = [
        (client_id, entry.at, entry.id, position)
        for client_id, entries in pending.items()
        for position, entry in enumerate(entries, sizes[client_id])
    ]
    times = [at for _, at, _, _ in rows]
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_NUMBER, [*columns, min(times), max(times)])
        if cursor.rowcount != len(rows):
            raise NumberingFailed


def _register(heads: list[_Head], signer: vault.Signer) -> int:
    """Put heads into the register, sign its new head, and return the index of the first of them."""
    with connection.cursor() as cursor:
        cursor.execute(_REGISTER)
        origin, size = cursor.fetchone()
        frontier = Frontier(size, storage.register_tiles(edge_of(size)))
        written = frontier.append([head_leaf(head.origin, head.size, head.root) for head in heads])
        storage.grow_register(written)
        root = frontier.root()
        cursor.execute(_REGISTER_SIZE, [frontier.size])
        cursor.execute(_REGISTER_HEAD, [frontier.size, root, signing.checkpoint(signer, origin, frontier.size, root)])
    return int(size)


def _save_heads(heads: list[_Head], first: int, signer: vault.Signer) -> None:
    notes = [signing.checkpoint(signer, head.origin, head.size, head.root) for head in heads]
    client_ids, sizes = [head.client_id for head in heads], [head.size for head in heads]
    places = list(range(first, first + len(heads)))
    with connection.cursor() as cursor:
        cursor.execute(_SIZES, [client_ids, sizes])
        cursor.execute(_HEADS, [client_ids, sizes, [head.root for head in heads], notes, places])
