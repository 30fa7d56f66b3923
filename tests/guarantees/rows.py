"""Put one row of each of two clients into every table, past every action and policy, as only a superuser can."""

from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from muniment.core import ids

# What a check constraint asks for where a made-up value would not do.
FITTING: dict[tuple[str, str], Any] = {
    ("membership", "kind"): "contact",
    ("person", "kind"): "contact",
    ("invitation", "kind"): "contact",
    ("guest_link", "task"): "view",
    ("guest_link", "scope_kind"): "document",
    ("guest_link", "expires_at"): "2100-01-01T00:00:00Z",
    ("access_grant", "scope_kind"): "client",
    ("access_grant", "scope_id"): None,
    ("manager_roles", "roles"): "[]",
    ("approval", "state"): "asked",
    ("access_request", "state"): "asked",
    ("access_request", "scope_kind"): "client",
    ("review_item", "state"): "open",
    ("document", "label"): "normal",
    ("provider", "kind"): "oidc",
    ("provider", "state"): "new",
    ("provider_domain", "proved_by"): "",
    ("provider_known", "granted"): "[]",
    ("provider_known", "sessions"): "[]",
    ("folder", "label"): "normal",
    ("hold", "kind"): "client",
    ("destruction", "kind"): "client",
    ("directory_record", "kind"): "Group",
    ("destruction", "state"): "asked",
    ("log_periods", "rules"): [],
    ("log_periods", "private_months"): 12,
    ("log_periods", "core_months"): 12,
    ("upload", "expires_at"): "2100-01-01T00:00:00Z",
    ("entry", "leaf"): b"\0" * 32,
    ("client_tile", "hashes"): b"\0" * 32,
    ("client_head", "root"): b"\0" * 32,
    ("blob", "received_bytes"): 0,
    ("upload_rules", "rules"): "{}",
    ("client_index", "sealed_key"): b"\0" * 61,  # a row without one says when it was switched off
    ("indexed_thing", "state"): "waiting",
    ("indexed_thing", "tokens"): [],
    ("indexed_thing", "shared"): [],
}
_COLUMNS = """
select c.relname, a.attname, format_type(a.atttypid, null), a.attnotnull, a.atthasdef
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  and exists (select 1 from pg_attribute k where k.attrelid = c.oid and k.attname = 'client_id' and not k.attisdropped)
order by c.relname, a.attnum
"""


def client_tables() -> dict[str, list[tuple[str, str, bool, bool]]]:
    """Return every table that holds clients' rows, as the database's catalogue knows them, with its columns."""
    found: dict[str, list[tuple[str, str, bool, bool]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        for table, *column in cursor.fetchall():
            found.setdefault(table, []).append(tuple(column))
    return found


def fill(clients: tuple[UUID, UUID]) -> list[str]:
    """Insert one row a client into every table and return the tables' names."""
    settings = connection.settings_dict
    dsn = f"host={settings['HOST']} user=muniment_super dbname={settings['NAME']}"
    tables = client_tables()
    with psycopg.connect(dsn, autocommit=True) as server:
        server.execute("set search_path = app, public")
        server.execute("set session_replication_role = replica")  # no foreign keys, no triggers: rows alone
        for client_id in clients:
            server.execute("insert into client (id, kind, created_at) values (%s, 'client', now())", [client_id])
            for table, columns in tables.items():
                values = {
                    name: _value(table, name, kind, client_id)
                    for name, kind, needed, given in columns
                    if (needed and not given) or (table, name) in FITTING
                }
                names = ", ".join(values)
                marks = ", ".join(["%s"] * len(values))
                server.execute(f"insert into {table} ({names}) values ({marks})", list(values.values()))
    return list(tables)


def _value(table: str, name: str, kind: str, client_id: UUID) -> Any:
    if (table, name) in FITTING:
        return FITTING[table, name]
    if name == "client_id":
        return client_id
    return made_up(kind)


def made_up(kind: str) -> Any:
    """Return some value of a type of the database."""
    made: dict[str, Any] = {
        "uuid": ids.new(),
        "bytea": ids.new().bytes,
        "text": "canary",
        "boolean": True,
        "timestamp with time zone": "2026-01-02T00:00:00Z",
    }
    return made.get(kind, 1)
