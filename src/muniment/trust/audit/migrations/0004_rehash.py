"""What the weekly re-hash of all logs found. And the counts of the log are for the portal's own roles alone."""

from typing import ClassVar

from django.db import migrations, models

_TABLE = [
    """
    create table log_rehash (
      id uuid primary key,
      begun_at timestamptz not null,
      finished_at timestamptz not null,
      logs integer not null,
      entries bigint not null,
      heads bigint not null,
      found jsonb not null default '[]'
    )
    """,
    "create trigger keep before update or delete on log_rehash for each row execute function app.deny_change()",
    "create trigger no_truncate before truncate on log_rehash for each statement execute function app.deny_change()",
]
# Who owns a function gives the rights to it, and the migrating role has the definer's only after taking it up.
_RIGHTS = [
    "set local role muniment_definer",
    "revoke all on function app.log_facts() from public",
    "grant execute on function app.log_facts() to muniment_app, muniment_job",
    "reset role",
]


class Migration(migrations.Migration):
    """The results of re-hashing."""

    dependencies: ClassVar = [("audit", "0003_confirmations")]
    operations: ClassVar = [
        migrations.RunSQL(sql=_TABLE, reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(sql=_RIGHTS, reverse_sql=migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Rehash",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("begun_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField()),
                ("logs", models.IntegerField()),
                ("entries", models.BigIntegerField()),
                ("heads", models.BigIntegerField()),
                ("found", models.JSONField()),
            ],
            options={"db_table": "log_rehash", "managed": False},
        ),
    ]
