"""Read every table and index of a restored database, as the server's own check does.

Source: PostgreSQL, "amcheck". Without the extension nothing would be checked, so its absence is a failure.
"""

from dataclasses import dataclass

import psycopg

_MAKE = "create extension if not exists amcheck schema public"
_TABLES = """
select c.oid::regclass::text from pg_class c
where c.relkind in ('r', 'm', 't') and c.relpersistence = 'p' order by c.relpages desc
"""
_INDEXES = """
select c.oid::regclass::text from pg_class c join pg_am m on m.oid = c.relam join pg_index i on i.indexrelid = c.oid
where c.relkind = 'i' and m.amname = 'btree' and c.relpersistence = 'p' and i.indisready and i.indisvalid
order by c.relpages desc
"""


@dataclass(frozen=True)
class Looked:
    """How many tables and indexes were read, and how many are damaged."""

    relations: int
    damaged: int


def look(server: "psycopg.Connection[tuple[object, ...]]") -> Looked:
    """Read everything, as a superuser on a connection on which every statement stands alone."""
    server.execute(_MAKE)
    relations = damaged = 0
    for listing, check in (
        (_TABLES, "select count(*) from public.verify_heapam(%s::regclass)"),
        (_INDEXES, "select public.bt_index_check(%s::regclass) is null"),
    ):
        for (name,) in server.execute(listing).fetchall():
            relations += 1
            try:
                found = server.execute(check, [name]).fetchone()
            except psycopg.Error:
                damaged += 1
            else:
                damaged += check.startswith("select count") and found != (0,)
    return Looked(relations, damaged)
