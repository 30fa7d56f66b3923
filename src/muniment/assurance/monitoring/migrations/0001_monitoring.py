"""Alarms: about the installation, without any client's data."""

from typing import ClassVar

from django.db import migrations, models

import muniment.core.clock
import muniment.core.ids


class Migration(migrations.Migration):
    """The table of monitoring."""

    initial = True
    dependencies: ClassVar = []
    operations: ClassVar = [
        migrations.CreateModel(
            name="Alarm",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("topic", models.TextField()),
                ("name", models.TextField()),
                ("raised_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("cleared_at", models.DateTimeField(null=True)),
                ("told_at", models.DateTimeField(null=True)),
                ("told_end_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "alarm",
                "indexes": (models.Index(fields=["-raised_at"], name="alarm_by_time"),),
                "constraints": (
                    models.UniqueConstraint(
                        condition=models.Q(("cleared_at", None)), fields=("name",), name="one_open_alarm_of_a_name"
                    ),
                ),
            },
        )
    ]
