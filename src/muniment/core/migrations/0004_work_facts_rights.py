"""Take the function that counts background work away from everybody but the portal's own roles.

What 0003 asked for came after the function had changed hands, and was ignored with a warning.
"""

from typing import ClassVar

from django.db import migrations

_RIGHTS = [
    "set local role muniment_definer",  # who owns it by now
    "revoke all on function app.work_facts() from public",
    "grant execute on function app.work_facts() to muniment_app, muniment_job",
    "reset role",
]


class Migration(migrations.Migration):
    """Rights of one function."""

    dependencies: ClassVar = [("core", "0003_work_facts")]
    operations: ClassVar = [migrations.RunSQL(sql=_RIGHTS, reverse_sql=migrations.RunSQL.noop)]
