"""Devices that are known to be somebody's."""

from typing import ClassVar

from django.db import migrations, models

import muniment.core.clock
import muniment.core.ids


class Migration(migrations.Migration):
    """One table: whose device, recognised by the hash of a cookie."""

    dependencies: ClassVar = [("identity", "0004_guests")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Device",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("person_id", models.UUIDField()),
                ("secret_hash", models.BinaryField()),
                ("seen_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("known_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(default=muniment.core.clock.now)),
            ],
            options={
                "db_table": "device",
                "constraints": [
                    models.UniqueConstraint(fields=["person_id", "secret_hash"], name="device_once_a_person")
                ],
            },
        ),
    ]
