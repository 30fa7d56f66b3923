"""The reviewed list of tables that hold no client's rows, each with its rights and the reason."""

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class GlobalTable:
    """A table every client's request may touch, with the rights of the web and worker roles."""

    name: str
    rights: str
    job_rights: str
    why: str


GLOBAL_TABLES: dict[str, GlobalTable] = {}


SEQUENCED_TABLES: set[str] = set()


def declare_sequenced(*names: str) -> None:
    """Let the sequencer's policy on these tables look at all clients' rows: it numbers them and opens nothing."""
    SEQUENCED_TABLES.update(names)


def declare_global(name: str, *, why: str, rights: str = "", job_rights: str | None = None) -> None:
    """Put a table on the reviewed list; `rights` as in GRANT, empty for none."""
    GLOBAL_TABLES[name] = GlobalTable(name, rights, rights if job_rights is None else job_rights, why)


def grant_global_rights() -> None:
    """Give the web and worker roles exactly the declared rights; run as the owner after every migration."""
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'app'")
        existing = {name for (name,) in cursor.fetchall()}
        for table in GLOBAL_TABLES.values():
            if table.name not in existing:
                continue
            name = connection.ops.quote_name(table.name)
            cursor.execute(f"revoke all on {name} from muniment_app, muniment_job")
            if table.rights:
                cursor.execute(f"grant {table.rights} on {name} to muniment_app")
            if table.job_rights:
                cursor.execute(f"grant {table.job_rights} on {name} to muniment_job")
        cursor.execute("grant usage on all sequences in schema app to muniment_app, muniment_job")
