"""Recovery sheets: who can open the key backup, without a word of it."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import muniment.core.clock
import muniment.core.ids
from muniment.core.db import rls


class Migration(migrations.Migration):
    """The table of the sheets."""

    dependencies: ClassVar = [("clients", "0001_walls"), ("custody", "0002_own_functions")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="RecoverySheet",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("people", models.PositiveSmallIntegerField()),
                ("needed", models.PositiveSmallIntegerField()),
                ("public", models.BinaryField()),
                ("digests", models.JSONField()),
                ("tested", models.JSONField(default=dict)),
                ("state", models.TextField(default="new")),
                ("made_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("made_by", models.UUIDField(null=True)),
                (
                    "client",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clients.client",
                    ),
                ),
            ],
            options={
                "db_table": "recovery_sheet",
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["new", "current", "replaced"])), name="recovery_sheet_state"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("needed__gte", 1), ("needed__lte", models.F("people"))),
                        name="recovery_sheet_needed",
                    ),
                ),
            },
        ),
        rls.protect("recovery_sheet", rights="select, insert, update"),
    ]
