"""Second steps: devices that need none, ways back in, and links that say that a sign-in was somebody else's."""

from typing import ClassVar

from django.db import migrations, models

import muniment.core.clock
import muniment.core.ids
import muniment.trust.vault.fields

_PERSON_OF = [
    "alter table recovery add constraint recovery_person foreign key (person_id) references person (id)",
    "alter table sign_in_notice add constraint sign_in_notice_person foreign key (person_id) references person (id)",
]


def _id() -> models.UUIDField:
    return models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    """Two tables, and columns of devices and sessions."""

    dependencies: ClassVar = [("identity", "0006_life")]
    operations: ClassVar = [
        migrations.AddField("Session", "idle_minutes", models.PositiveSmallIntegerField(null=True)),
        migrations.AlterField("Device", "known_at", models.DateTimeField(null=True)),
        migrations.AddField("Device", "trusted_at", models.DateTimeField(null=True)),
        migrations.AddField("Device", "about", muniment.trust.vault.fields.PeopleJSON(null=True, editable=True)),
        migrations.CreateModel(
            name="SignInNotice",
            fields=[
                ("id", _id()),
                ("person_id", models.UUIDField(db_index=True)),
                ("secret_hash", models.BinaryField(unique=True)),
                ("told_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "sign_in_notice"},
        ),
        migrations.CreateModel(
            name="Recovery",
            fields=[
                ("id", _id()),
                ("person_id", models.UUIDField(db_index=True)),
                ("secret_hash", models.BinaryField(unique=True)),
                ("wait_hours", models.PositiveSmallIntegerField()),
                ("asked_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("confirmed_by", models.UUIDField(null=True)),
                ("ready_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField()),
                ("stopped_at", models.DateTimeField(null=True)),
                ("stopped_by", models.UUIDField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "recovery",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("stopped_at", None), ("used_at", None)),
                        fields=("person_id",),
                        name="one_open_recovery",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by", None),
                            models.Q(("confirmed_by", models.F("person_id")), _negated=True),
                            _connector="OR",
                        ),
                        name="recovery_by_two",
                    ),
                ],
            },
        ),
        migrations.RunSQL(sql=_PERSON_OF, reverse_sql=migrations.RunSQL.noop),
    ]
