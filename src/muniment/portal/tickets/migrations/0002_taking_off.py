"""Let the portal take a document off a ticket again: a row that says where it lay goes, the document stays."""

from typing import ClassVar

from django.db import migrations

_SQL = ["grant delete on ticket_attachment to muniment_app"]


class Migration(migrations.Migration):
    """The web role may delete what lies beside tickets; the worker has no need to."""

    dependencies: ClassVar = [("tickets", "0001_tickets")]
    operations: ClassVar = [migrations.RunSQL(sql=_SQL, reverse_sql=migrations.RunSQL.noop)]
