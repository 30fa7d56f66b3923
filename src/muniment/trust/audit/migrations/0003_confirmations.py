"""What others confirm of the register: cosignatures of witnesses, time stamps, and how it last went with each.

They say nothing of any client: the register holds hashes under random pseudonyms.
"""

from typing import ClassVar

from django.db import migrations, models

_TABLES = [
    """
    create table cosignature (
      size bigint not null references register_head (size),
      witness text not null,
      line text not null,
      at timestamptz not null,
      primary key (size, witness)
    )
    """,
    "create index cosignature_witness on cosignature (witness, size)",
    """
    create table time_stamp (
      size bigint primary key references register_head (size),
      authority text not null,
      token bytea not null,
      at timestamptz not null
    )
    """,
    """
    create table confirmer (
      name text primary key,
      outcome text not null,
      size bigint not null default 0 check (size >= 0),
      asked_at timestamptz not null,
      confirmed_at timestamptz
    )
    """,
    *(
        statement
        for table in ("cosignature", "time_stamp")
        for statement in (
            f"create trigger keep before update or delete on {table} for each row execute function app.deny_change()",
            f"create trigger no_truncate before truncate on {table} for each statement "
            "execute function app.deny_change()",
        )
    ),
    "grant select on cosignature, time_stamp to muniment_auditor",
]


class Migration(migrations.Migration):
    """Cosignatures and time stamps."""

    dependencies: ClassVar = [("audit", "0002_trees")]
    operations: ClassVar = [
        migrations.RunSQL(sql=_TABLES, reverse_sql=migrations.RunSQL.noop),
        *(
            migrations.CreateModel(name=name, fields=fields, options={"db_table": table, "managed": False})
            for name, table, fields in (
                (
                    "Cosignature",
                    "cosignature",
                    [
                        ("pk", models.CompositePrimaryKey("size", "witness")),
                        ("size", models.BigIntegerField()),
                        ("witness", models.TextField()),
                        ("line", models.TextField()),
                        ("at", models.DateTimeField()),
                    ],
                ),
                (
                    "TimeStamp",
                    "time_stamp",
                    [
                        ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("authority", models.TextField()),
                        ("token", models.BinaryField()),
                        ("at", models.DateTimeField()),
                    ],
                ),
                (
                    "Confirmer",
                    "confirmer",
                    [
                        ("name", models.TextField(primary_key=True, serialize=False)),
                        ("outcome", models.TextField()),
                        ("size", models.BigIntegerField()),
                        ("asked_at", models.DateTimeField()),
                        ("confirmed_at", models.DateTimeField(null=True)),
                    ],
                ),
            )
        ),
    ]
