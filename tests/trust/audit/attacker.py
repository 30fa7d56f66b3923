"""The worst administrator there is: a superuser of the database, with the log key and every client's key at hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from muniment.trust.audit.canonical import SALT_BYTES, Part, leaf_hash
from muniment.trust.vault import actions as vault
from tests.server import clone, drop, use
from tests.trust.audit.numbered import number


@contextmanager
def unwatched() -> "Iterator[psycopg.Connection[Any]]":
    """Connect past every policy and every trigger."""
    settings = connection.settings_dict
    dsn = f"host={settings['HOST']} user=muniment_super dbname={settings['NAME']}"
    with psycopg.connect(dsn, autocommit=True) as server:
        server.execute("set search_path = app, public")
        server.execute("set session_replication_role = replica")
        yield server


def entry_at(client_id: UUID, position: int) -> UUID:
    """Return which entry has a place."""
    with unwatched() as server:
        row = server.execute("select id from entry where client_id = %s and position = %s", [client_id, position])
        (found,) = row.fetchone() or (None,)
        assert isinstance(found, UUID)
        return found


def scramble(client_id: UUID, position: int) -> None:
    """Change the sealed words of an entry, without any key."""
    with unwatched() as server:
        server.execute(
            "update entry set core = set_byte(core, 40, get_byte(core, 40) # 1) where client_id = %s and position = %s",
            [client_id, position],
        )


def rewrite(client_id: UUID, position: int, old: str, new: str, *, hides: bool = False) -> None:
    """Put other words into an entry and seal them with the client's key; `hides` changes commitment and leaf too."""
    entry_id = entry_at(client_id, position)
    place = b"entry.core" + entry_id.bytes
    with unwatched() as server:
        row = server.execute(
            "select core, private_commitment from entry where client_id = %s and id = %s", [client_id, entry_id]
        ).fetchone()
        assert row is not None
        plain = vault.open_for(client_id, place, row[0])
        assert old.encode() in plain
        part = Part(plain[:SALT_BYTES], plain[SALT_BYTES:].replace(old.encode(), new.encode()))
        server.execute(
            "update entry set core = %s where client_id = %s and id = %s",
            [vault.seal_for(client_id, place, part.plain), client_id, entry_id],
        )
        if hides:
            server.execute(
                "update entry set core_commitment = %s, leaf = %s where client_id = %s and id = %s",
                [part.commitment, leaf_hash(part.commitment, row[1]), client_id, entry_id],
            )


def swap(client_id: UUID, one: int, other: int) -> None:
    """Let two entries change places."""
    with unwatched() as server:
        server.execute(
            "update entry set position = case position when %s then %s else %s end "
            "where client_id = %s and position in (%s, %s)",
            [one, other, one, client_id, one, other],
        )


def remove(client_id: UUID, position: int, *, closes: bool = False) -> None:
    """Delete an entry; `closes` the gap by numbering what follows anew."""
    with unwatched() as server:
        server.execute("delete from entry where client_id = %s and position = %s", [client_id, position])
        if closes:
            server.execute(
                "update entry set position = position - 1 where client_id = %s and position > %s", [client_id, position]
            )


def squeeze_in(client_id: UUID, position: int) -> None:
    """Give the youngest entry, which has no number yet, a place in the middle."""
    with unwatched() as server:
        server.execute(
            "update entry set position = position + 1 where client_id = %s and position >= %s", [client_id, position]
        )
        done = server.execute(
            "update entry set position = %s where client_id = %s and position is null", [position, client_id]
        )
        assert done.rowcount == 1


def cut(client_id: UUID, size: int) -> None:
    """Cut a log, and every sign of what came later, back to an older head."""
    with unwatched() as server:
        server.execute(
            "delete from entry where client_id = %s and (position is null or position >= %s)", [client_id, size]
        )
        server.execute("delete from client_head where client_id = %s and size > %s", [client_id, size])
        server.execute("update client_tree set size = %s where client_id = %s", [size, client_id])


def write_history_anew() -> None:
    """Throw away every tree, head and number, and have the portal number and sign all that is left."""
    with unwatched() as server:
        for table in ("cosignature", "time_stamp", "client_head", "client_tile", "register_head", "register_tile"):
            server.execute(f"delete from {table}")
        server.execute("update client_tree set size = 0")
        server.execute("update register_tree set size = 0")
        server.execute("update entry set position = null")
    while number().entries:
        pass


def tile_changed(client_id: UUID) -> None:
    """Change a hash of a leaf in a client's tree."""
    with unwatched() as server:
        done = server.execute(
            "update client_tile set hashes = set_byte(hashes, 3, get_byte(hashes, 3) # 1) "
            "where client_id = %s and level = 0 and n = 0",
            [client_id],
        )
        assert done.rowcount == 1


def newest_head_signed_later(client_id: UUID, later: timedelta) -> None:
    """Let time go by: the newest head of a log was signed so much later than it was."""
    with unwatched() as server:
        server.execute(
            "update client_head set signed_at = signed_at + %s where client_id = %s "
            "and size = (select max(size) from client_head where client_id = %s)",
            [later, client_id, client_id],
        )


@contextmanager
def backup() -> Iterator[str]:
    """Keep the database as it is now, until the block ends."""
    name = str(connection.settings_dict["NAME"])
    kept = f"{name}_backup"
    use(name)
    clone(name, kept)
    try:
        yield kept
    finally:
        drop(kept)


def restore(kept: str) -> None:
    """Put a backup in the place of the database."""
    name = str(connection.settings_dict["NAME"])
    use(name)
    clone(kept, name)
    use(name)
