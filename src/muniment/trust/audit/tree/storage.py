"""Tiles in the database: read those that are named, write those that grew."""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from muniment.trust.audit.tree.frontier import TileKey, Tiles

_OF_CLIENT = (
    "select level, n, hashes from client_tile t where client_id = %s "
    "and (level, n) in (select * from unnest(%s::smallint[], %s::bigint[]))"
)
_OF_REGISTER = (
    "select level, n, hashes from register_tile "
    "where (level, n) in (select * from unnest(%s::smallint[], %s::bigint[]))"
)
_OF_CLIENTS = (
    "select t.client_id, t.level, t.n, t.hashes from client_tile t join "
    "unnest(%s::uuid[], %s::smallint[], %s::bigint[]) as wanted (client_id, level, n) using (client_id, level, n)"
)
_GROW_CLIENTS = (
    "insert into client_tile (client_id, level, n, hashes) "
    "select * from unnest(%s::uuid[], %s::smallint[], %s::bigint[], %s::bytea[]) "
    "on conflict (client_id, level, n) do update set hashes = excluded.hashes"
)
_GROW_REGISTER = (
    "insert into register_tile (level, n, hashes) select * from unnest(%s::smallint[], %s::bigint[], %s::bytea[]) "
    "on conflict (level, n) do update set hashes = excluded.hashes"
)


def client_tiles(client_id: UUID, keys: Sequence[TileKey]) -> Tiles:
    """Return tiles of one client's tree; those that are not there are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_CLIENT, [client_id, [level for level, _ in keys], [n for _, n in keys]])
        return {(level, n): bytes(hashes) for level, n, hashes in cursor.fetchall()}


def register_tiles(keys: Sequence[TileKey]) -> Tiles:
    """Return tiles of the register; those that are not there are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_REGISTER, [[level for level, _ in keys], [n for _, n in keys]])
        return {(level, n): bytes(hashes) for level, n, hashes in cursor.fetchall()}


def tiles_of(wanted: Sequence[tuple[UUID, TileKey]]) -> dict[UUID, dict[TileKey, bytes]]:
    """Return tiles of several clients' trees in one query."""
    found: dict[UUID, dict[TileKey, bytes]] = {}
    columns = [client_id for client_id, _ in wanted], [key[0] for _, key in wanted], [key[1] for _, key in wanted]
    with connection.cursor() as cursor:
        cursor.execute(_OF_CLIENTS, columns)
        for client_id, level, n, hashes in cursor.fetchall():
            found.setdefault(client_id, {})[level, n] = bytes(hashes)
    return found


def grow_clients(rows: Sequence[tuple[UUID, int, int, bytes]]) -> None:
    """Write tiles of clients' trees that are new or longer now: client, level, n, hashes."""
    with connection.cursor() as cursor:
        cursor.execute(_GROW_CLIENTS, [list(column) for column in zip(*rows, strict=True)])


def grow_register(tiles: Tiles) -> None:
    """Write tiles of the register that are new or longer now."""
    levels, numbers = [level for level, _ in tiles], [n for _, n in tiles]
    with connection.cursor() as cursor:
        cursor.execute(_GROW_REGISTER, [levels, numbers, list(tiles.values())])
