"""What an upgrade has to know of a database, as a program of its own: `look` in the superuser's role, `heads` in ours.

`look` asks past our own models, whose tables an older database may not have.
"""

import json
import sys
from typing import Any

import django
import psycopg
from psycopg.conninfo import make_conninfo

from muniment.core import config

UNKNOWN_DATABASE = "3D000"


def look() -> dict[str, Any]:
    """Return which migrations are to be done, which are not of this version, and how many entries the log holds."""
    from django.db.migrations.loader import MigrationLoader

    ours = {".".join(key) for key in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    try:
        with psycopg.connect(make_conninfo(**config.connection(config.current(), "super").parameters())) as database:
            done = {".".join(map(str, row)) for row in _rows(database, "django_migrations", "app, name")}
            entries = sum(int(str(row[0])) for row in _rows(database, "entry", "count(*)"))
    except psycopg.OperationalError as error:
        if error.sqlstate != UNKNOWN_DATABASE and "does not exist" not in str(error):
            raise
        done, entries = set(), 0
    return {
        "is_fresh": not done,
        "pending": sorted(ours - done),
        "unknown": sorted(done - ours),
        "entries": entries,
    }


def heads() -> dict[str, Any]:
    """Return the newest signed checkpoints of all logs."""
    from muniment.trust.audit import queries as log

    return {"heads": json.loads(log.newest_heads())}


def _rows(database: "psycopg.Connection[Any]", table: str, columns: str) -> list[Any]:
    """Return columns of a table, nothing where there is no such table; no row policy binds the superuser."""
    found = database.execute("select to_regclass(%s)::text", [table]).fetchone()
    if found is None or found[0] is None:
        return []
    return database.execute(f"select {columns} from {table}".encode()).fetchall()  # noqa: S608 - names of our own


TASKS = {one.__name__: one for one in (look, heads)}


def main() -> None:
    """Do what the command line names and print what came of it as JSON."""
    django.setup()
    try:
        print(json.dumps(TASKS[sys.argv[1]]()))  # noqa: T201 - read by the command
    except psycopg.Error as error:
        sys.exit(f"The database cannot be read: {str(error).strip().splitlines()[0]}")


if __name__ == "__main__":
    main()
