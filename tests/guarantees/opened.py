"""What the database holds: as a thief sees it, in a dump and the log of changes, and as the portal opens it."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from django.apps import apps
from django.db import connection, models
from psycopg import sql

from muniment.core.actor import Actor
from muniment.core.data_map.reading import sealed_with
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.audit import queries as log
from muniment.trust.clients import queries as clients
from muniment.trust.clients.types import ClientRow


def sealed_fields() -> list[tuple[type[models.Model], Any]]:
    """Return every sealed field of every model."""
    return [
        (model, field)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if sealed_with(field)
    ]


def pg_dump() -> bytes:
    """Return what pg_dump makes of the database of this test, data and all."""
    program = next((Path(os.environ["MUNIMENT_DATA"]) / "pg").glob("**/bin/pg_dump"))
    return subprocess.run([program, "--inserts", superuser()], check=True, capture_output=True).stdout


def log_of_changes() -> Iterator[Path]:
    """Return the files of PostgreSQL's log of changes, everything written so far in them."""
    data = Path(os.environ["MUNIMENT_DATA"])
    with psycopg.connect(superuser(), autocommit=True) as server:
        server.execute("checkpoint")
        server.execute("select pg_switch_wal()")
    yield from (path for path in (data / "database" / "pg_wal").iterdir() if path.is_file())


def everything() -> Iterator[tuple[str, Any]]:
    """Return every sealed value of every row, opened, and every entry of every log, with where it stands."""
    every_client = [*clients.client_ids(), clients.firm_id()]
    for model, field in sealed_fields():
        if not issubclass(model, ClientRow):
            yield from _values(model, field)
            continue
        for client_id in every_client:
            with bound(Binding(client_id)):
                yield from list(_values(model, field, client_id=client_id))
    for client_id in every_client:
        yield from (("entry", str(entry)) for entry in log.entries(Actor.system(client_id), limit=10_000))


def superuser() -> str:
    """Return how the superuser connects to the database of this test."""
    settings = connection.settings_dict
    return f"host={settings['HOST']} user=muniment_super dbname={settings['NAME']}"


def in_the_clear(*words: str) -> list[str]:
    """Return the tables with a row in which one of these words stands as everybody can read it."""
    found, wanted = [], [f"%{word}%" for word in words]
    with psycopg.connect(superuser(), autocommit=True) as server:
        tables = server.execute("select schemaname, tablename from pg_tables where schemaname = 'app'").fetchall()
        for schema, table in tables:
            rows = sql.SQL("select 1 from {} as row where row::text like any (%s) limit 1")
            if server.execute(rows.format(sql.Identifier(schema, table)), (wanted,)).fetchone():
                found.append(table)
    return found


def _values(model: type[models.Model], field: Any, **where: UUID) -> Iterator[tuple[str, Any]]:
    if model._meta.db_table == "account_emailaddress":
        return  # no rights, no rows
    for row in model._default_manager.filter(**where):
        yield f"{model._meta.db_table}.{field.name}", getattr(row, field.attname)
