"""Let the database say whether the bound person works for the firm: rows that contacts never see rest on it."""

from typing import ClassVar

from django.db import migrations

_OF_FIRM = [
    # Of the definer: a transaction bound to a client does not see who belongs to the firm's own space.
    "create function app.of_firm() returns boolean language sql stable security definer "
    "set search_path = app, pg_temp return exists (select from app.membership m where m.person_id = app.pid() "
    "and m.client_id = app.firm_id() and m.kind = 'staff' and m.ended_at is null)",
    "revoke execute on function app.of_firm from public",
    "grant execute on function app.of_firm to muniment_app, muniment_job, muniment_desk",
    "alter function app.of_firm owner to muniment_definer",
]


class Migration(migrations.Migration):
    """Whether who is bound works for the firm."""

    dependencies: ClassVar = [("clients", "0002_proved_bindings")]
    operations: ClassVar = [migrations.RunSQL(sql=_OF_FIRM, reverse_sql=migrations.RunSQL.noop)]
