"""How people come and go: who was warned, shut out and let back, and addresses that are being changed."""

from typing import ClassVar

from django.db import migrations, models

import muniment.core.clock
import muniment.core.ids
import muniment.trust.vault.fields

_PERSON_OF = [
    "alter table attendance add constraint attendance_person foreign key (id) references person (id)",
    "alter table email_change add constraint email_change_person foreign key (person_id) references person (id)",
]


class Migration(migrations.Migration):
    """Two tables beside that of people."""

    dependencies: ClassVar = [("identity", "0005_devices")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("counts_from", models.DateTimeField(null=True)),
                ("warned_at", models.DateTimeField(null=True)),
                ("why_disabled", models.TextField(default="")),
                ("is_break_glass", models.BooleanField(default=False)),
            ],
            options={"db_table": "attendance"},
        ),
        migrations.CreateModel(
            name="EmailChange",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("person_id", models.UUIDField(db_index=True)),
                ("email", muniment.trust.vault.fields.PeopleEmail(editable=True)),
                ("old_hash", models.BinaryField()),
                ("new_hash", models.BinaryField()),
                ("old_confirmed_at", models.DateTimeField(null=True)),
                ("new_confirmed_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("expires_at", models.DateTimeField()),
            ],
            options={"db_table": "email_change"},
        ),
        migrations.RunSQL(sql=_PERSON_OF, reverse_sql=migrations.RunSQL.noop),
    ]
