"""Two functions that look past policies are for the portal's own roles alone.

Rights to a function are its owner's to give; they were given after the owner had changed, which did nothing.
"""

from typing import ClassVar

from django.db import migrations

_RIGHTS = [
    "set local role muniment_definer",
    "revoke all on function app.client_key_facts() from public",
    "grant execute on function app.client_key_facts() to muniment_app, muniment_job",
    "revoke all on function app.firm_id() from public",
    "grant execute on function app.firm_id() to muniment_app, muniment_job, muniment_desk, muniment_auditor",
    "reset role",
]


class Migration(migrations.Migration):
    """The rights."""

    dependencies: ClassVar = [("custody", "0001_custody"), ("clients", "0001_walls")]
    operations: ClassVar = [migrations.RunSQL(sql=_RIGHTS, reverse_sql=migrations.RunSQL.noop)]
