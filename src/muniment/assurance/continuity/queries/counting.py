"""Count the rows of every table, across all clients, without looking into any."""

from typing import Final

from django.db import connection

from muniment.core.db.binding import UNBOUND, Binding
from muniment.core.unit import bound

COUNTER: Final = Binding(None, None, "muniment_counter")
_OF_CLIENTS = "(has_column_privilege(current_user, c.oid, a.attnum, 'select'))"
_OF_ALL = "a.attnum is null and has_table_privilege(current_user, c.oid, 'select')"
# What is gone after a crash anyway, and the queue of work, which empties itself
_TABLES = """
select c.relname from pg_class c
left join pg_attribute a on a.attrelid = c.oid and a.attname = 'client_id' and not a.attisdropped
where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  and c.relpersistence = 'p' and c.relname not like 'procrastinate%%' and {}
order by c.relname
"""


def row_counts() -> dict[str, int]:
    """Return how many rows each table has: tables of clients at one moment, those of the installation at the next.

    For the worker's role alone: the web may not count across clients.
    """
    found = {}
    for values, reachable in ((COUNTER, _OF_CLIENTS), (UNBOUND, _OF_ALL)):
        with bound(values):
            found.update(_counted(reachable))
    return found


def _counted(reachable: str) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(_TABLES.format(reachable), [])
        names = [connection.ops.quote_name(name) for (name,) in cursor.fetchall()]
        each = [f"select '{name[1:-1]}', count(*) from {name}" for name in names]  # noqa: S608 - from the catalogue
        cursor.execute(" union all ".join(each))  # one statement, so one moment
        return dict(cursor.fetchall())
