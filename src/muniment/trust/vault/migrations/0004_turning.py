"""Keys have versions, people have keys of their own, and rotations are rows."""

from typing import ClassVar

from django.db import migrations, models

import muniment.core.clock
import muniment.core.ids


class Migration(migrations.Migration):
    """Versions of keys, keys of people, rotations."""

    dependencies: ClassVar = [("vault", "0003_index")]
    operations: ClassVar = [
        migrations.AlterField("installationkey", "purpose", models.TextField()),
        migrations.AddField("installationkey", "version", models.PositiveSmallIntegerField(default=1)),
        migrations.AddField("installationkey", "public", models.BinaryField(null=True)),
        migrations.AddConstraint(
            "installationkey",
            models.UniqueConstraint(fields=("purpose", "version"), name="one_installation_key_a_version"),
        ),
        migrations.AddField("blob", "key_version", models.PositiveSmallIntegerField(default=1, db_default=1)),
        migrations.AddField("blob", "keyed_at", models.DateTimeField(null=True)),
        migrations.AddField("blob", "place_id", models.UUIDField(null=True)),
        migrations.AddIndex("blob", models.Index(fields=["client", "key_version"], name="blob_key_version")),
        migrations.CreateModel(
            name="PersonKey",
            fields=[
                ("person_id", models.UUIDField(primary_key=True, editable=False, serialize=False)),
                ("wrapped", models.BinaryField()),
                ("people_version", models.PositiveSmallIntegerField()),
                ("created_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("destroyed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "person_key",
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(("destroyed_at", None), ("wrapped", b""), _connector="OR"),
                        name="a_destroyed_key_is_not_there",
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="Turning",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("what", models.TextField()),
                ("subject_id", models.UUIDField(null=True)),
                ("reencrypts", models.BooleanField(default=False)),
                ("begun_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("begun_by", models.UUIDField(null=True)),
                ("step", models.TextField(default="keys")),
                ("position", models.UUIDField(null=True)),
                ("clients_done", models.PositiveIntegerField(default=0)),
                ("clients_total", models.PositiveIntegerField(default=0)),
                ("keys_wrapped", models.PositiveBigIntegerField(default=0)),
                ("values_sealed", models.PositiveBigIntegerField(default=0)),
                ("bytes_sealed", models.PositiveBigIntegerField(default=0)),
                ("waits_until", models.DateTimeField(null=True)),
                ("worked_at", models.DateTimeField(null=True)),
                ("trouble", models.TextField(default="")),
                ("finished_at", models.DateTimeField(null=True)),
                ("is_running", models.BooleanField(default=True, null=True)),
            ],
            options={
                "db_table": "turning",
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(("what__in", ["root", "people", "signing", "client", "clients"])),
                        name="turning_what",
                    ),
                    models.UniqueConstraint(fields=("is_running",), name="one_turning_at_a_time"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_running", None),
                            models.Q(("is_running", True), ("finished_at", None)),
                            _connector="OR",
                        ),
                        name="running_is_true_or_null",
                    ),
                ),
            },
        ),
        # The worker alone turns and destroys keys: what the web can be made to do, it cannot do with them.
        migrations.RunSQL(sql="grant update, delete on client_key to muniment_job", reverse_sql=migrations.RunSQL.noop),
    ]
