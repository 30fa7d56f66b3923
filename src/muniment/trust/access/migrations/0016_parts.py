"""Parts of the portal can be off for a client."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

import muniment.core.clock
import muniment.core.ids
from muniment.core.db import rls

PARTS = ("messages", "requests", "tickets", "projects")


class Migration(migrations.Migration):
    """The rows that say which."""

    dependencies: ClassVar = [("access", "0015_working_day")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="PartSwitch",
            fields=[
                (
                    "id",
                    models.UUIDField(default=muniment.core.ids.new, editable=False, primary_key=True, serialize=False),
                ),
                ("part", models.TextField()),
                ("off_by", models.UUIDField(null=True)),
                ("off_at", models.DateTimeField(default=muniment.core.clock.now)),
                ("on_by", models.UUIDField(null=True)),
                ("on_at", models.DateTimeField(null=True)),
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
                "db_table": "part_switch",
                "constraints": [
                    models.CheckConstraint(condition=Q(part__in=PARTS), name="part_is_known"),
                    models.CheckConstraint(
                        condition=Q(on_at=None) | Q(on_at__gte=F("off_at")), name="part_on_after_off"
                    ),
                    models.UniqueConstraint(fields=["client", "part"], condition=Q(on_at=None), name="part_off_once"),
                ],
            },
        ),
        migrations.AddField("guestlink", "part", models.TextField(default="")),
        rls.protect("part_switch", rights="select, insert, update"),
    ]
