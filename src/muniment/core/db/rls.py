"""Migration steps that build the walls: row policies, keys that lead with the client, explicit rights.

No default privileges exist: a table is reachable for the application only through one of these steps
or `walls.declare_global`, and a partition is never reachable but through its parent.
"""

from collections.abc import Mapping
from typing import Any

from django.db import migrations

READERS = "muniment_app, muniment_job"


def protect(
    table: str,
    *,
    references: Mapping[str, str] | None = None,
    rights: str = "select, insert, update, delete",
) -> migrations.RunSQL:
    """Return the step that hides rows of `table` from every other client.

    `references` maps columns of `table` to the tables they point into; the constraint is on
    (client_id, column), so a row can never point at a row of another client. `rights` are those of the
    web and worker roles. With no client bound the policy matches nothing: forgetting to bind shows
    an empty page.
    """
    forward: list[Any] = [
        f"alter table {table} drop constraint {table}_pkey",
        f"alter table {table} add primary key (client_id, id)",
        f"alter table {table} enable row level security",
        f"alter table {table} force row level security",  # binds the table's owner too
        f"create policy one_client on {table} to {READERS} "
        "using (client_id = (select app.cid())) with check (client_id = (select app.cid()))",
        f"create policy desk on {table} for select to muniment_desk using (client_id in "  # noqa: S608 - a table's name
        "(select m.client_id from membership m where m.person_id = (select app.pid()) and m.ended_at is null))",
        f"grant {rights} on {table} to {READERS}",
        f"grant select on {table} to muniment_desk",
        *(_reference(table, column, target) for column, target in (references or {}).items()),
    ]
    return migrations.RunSQL(sql=forward, reverse_sql=migrations.RunSQL.noop)


def refer(table: str, column: str, target: str) -> migrations.RunSQL:
    """Return the step that lets `column` point only at rows of `target` of the same client."""
    return migrations.RunSQL(sql=_reference(table, column, target), reverse_sql=migrations.RunSQL.noop)


def _reference(table: str, column: str, target: str) -> str:
    return (
        f"alter table {table} add constraint {table}_{column}_same_client "
        f"foreign key (client_id, {column}) references {target} (client_id, id) deferrable initially deferred"
    )
